import type { WitnessesStatus } from './witness/witnesses.js';
import { SealError } from './seal-errors.js';

/** A checkpoint that was signed and may be shown. */
export interface Seal {
  /** Events under it: those at positions below. */
  readonly size: number;
  readonly root: Buffer;
  /** The signed note, with the cosignatures that there are. */
  readonly note: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly signedAt: string;
}

/** A key that signs, or signed, the log's checkpoints. */
export interface LogKey {
  /** 0-based, in the order of use. */
  readonly number: number;
  /** C2SP signed-note verifier key. */
  readonly verifierKey: string;
  /** The first size that it signs. */
  readonly fromSize: number;
  /** Signed by the key before and this one; absent for the first. */
  readonly statement?: string;
}

/**
 * `sealing`: signs what is new. `following`: another server signs, this one checks and shows. `waiting`: goes on by
 * itself, such as when a witness is away. `halted`: the ledger is not what was signed, or the sealer has failed.
 * `off`: a setting has it so.
 */
export interface SealerStatus {
  readonly state: 'sealing' | 'following' | 'waiting' | 'halted' | 'off';
  readonly detail?: string;
  /** Absent before any was asked, and where there is none. */
  readonly witnesses?: WitnessesStatus;
}

/** The ledger's tree and its signed checkpoints, as those see them who ask for proofs. */
export interface SealedLedger {
  readonly origin: string;
  /** The newest that is published; undefined before the first. */
  newest(): Seal | undefined;
  keys(): readonly LogKey[];
  status(): SealerStatus;
  /** Hashes of a tile, one after the other; undefined where the newest seal's tree has no tile of this width. */
  tile(level: number, index: number, width: number): Buffer | undefined;
  /** C2SP tlog-tiles, "Log entries": each entry with its length before it; undefined as with {@link tile}. */
  entries(index: number, width: number): Promise<Buffer | undefined>;
  /** The path of a leaf in the tree of `size` entries, which a seal must cover. @throws RangeError */
  inclusionProof(position: number, size: number): Buffer[];
  /** @throws RangeError for sizes that no seal covers, or out of order */
  consistencyProof(oldSize: number, newSize: number): Buffer[];
  /** Whether a published seal covers the position, at the latest after so long; asks for one at once. */
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
}

/** Replaces the key that signs, under the same name. */
export interface KeyRotation {
  /**
   * The new key, which signs from the next checkpoint on.
   *
   * @throws SealError `key-differs` for a key that a setting gives, `key-elsewhere` where another server has it
   */
  rotateKey(): Promise<LogKey>;
}

/** A ledger that is not sealed: there is nothing to show. */
export const UNSEALED: SealedLedger & KeyRotation = {
  origin: '',
  newest: () => undefined,
  keys: () => [],
  status: () => ({ state: 'off' }),
  tile: () => undefined,
  entries: () => Promise.resolve(undefined),
  inclusionProof: (_position, size) => notCovered(size),
  consistencyProof: (_oldSize, newSize) => notCovered(newSize),
  waitFor: () => Promise.resolve(false),
  rotateKey: () => Promise.reject(new SealError('unavailable', 'The ledger is not sealed')),
};

function notCovered(size: number): never {
  throw new RangeError(`No checkpoint covers ${size} entries: the ledger is not sealed`);
}
