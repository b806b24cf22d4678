import { createHash } from 'node:crypto';
import type { SignedCheckpoint } from '../../src/ledger/witness/client.js';
import type { WitnessedLog } from '../../src/ledger/witness/turns.js';
import { hashLeaf, hashNode } from '../../src/ledger/merkle/hash.js';
import { proveConsistency, rootOf } from '../../src/ledger/merkle/prove.js';
import { signCheckpoint } from '../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey, type Signer } from '../../src/ledger/note/keys.js';

export const ORIGIN = 'cairn.example/ledger';

export const newLogKey = (): Signer => parseSigningKey(generateSigningKey(ORIGIN));

/** A log in memory, of which a witness is shown checkpoints. */
export class LogInMemory implements WitnessedLog {
  readonly kept: { size: number; witness: string; line: string }[] = [];
  signed = 0;
  /** Called before a cosignature is kept. */
  beforeKeep: () => void = () => undefined;

  /** @param variant logs of different ones differ in every entry */
  constructor(
    readonly signer: Signer = newLogKey(),
    private readonly variant = 'one',
  ) {}

  readonly newestSize = (): number => this.signed;
  readonly prove = (oldSize: number, newSize: number): Buffer[] => proveConsistency(this.node, oldSize, newSize);

  cosignedSize(verifierKey: string): number {
    return Math.max(0, ...this.kept.filter(({ witness }) => witness === verifierKey).map(({ size }) => size));
  }

  keep(cosignature: { size: number; witness: string; line: string }): void {
    this.beforeKeep();
    const { size, witness } = cosignature;
    if (!this.kept.some((other) => other.size === size && other.witness === witness)) this.kept.push(cosignature);
  }

  /** The checkpoint of so many entries. */
  sign(size: number, signer = this.signer): SignedCheckpoint {
    this.signed = Math.max(this.signed, size);
    const root = rootOf(this.node, size);
    const note = signCheckpoint({ origin: ORIGIN, size: BigInt(size), root }, [signer]);
    return { size, note, signedAt: new Date().toISOString() };
  }

  private readonly node = (height: number, index: number): Buffer => {
    if (height === 0) return hashLeaf(createHash('sha256').update(`${this.variant} ${index}`).digest());
    return hashNode(this.node(height - 1, 2 * index), this.node(height - 1, 2 * index + 1));
  };
}
