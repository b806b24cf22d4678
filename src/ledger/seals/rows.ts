import { isDeepStrictEqual } from 'node:util';
import type { RegisterEntry } from '../../event-store/seal-register.js';
import { SealError } from '../seal-errors.js';
import type { LogKey } from '../sealed-ledger.js';

/** A checkpoint as its row has it: without cosignatures. */
export interface SignedNote {
  readonly note: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly signedAt: string;
}

/** A row of the file of seals: a key that signs from here on, or a checkpoint. */
export type SealRow = { readonly key: LogKey } | { readonly checkpoint: SignedNote };

/** A row as the register has it. `of`: how many rows a log had that was brought along, of which this is one. */
export interface RegisteredRow {
  readonly row: SealRow;
  readonly of?: number;
}

const KEY = 'LogKeyEntered.v1';
const CHECKPOINT = 'CheckpointSigned.v1';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function entryOf(row: SealRow, of?: number): RegisterEntry {
  const mark = of === undefined ? {} : { of };
  return 'key' in row
    ? { type: KEY, data: { ...row.key, ...mark } }
    : { type: CHECKPOINT, data: { ...row.checkpoint, ...mark } };
}

/**
 * Takes an entry apart. That it is signed, and by whom, is not looked at.
 *
 * @throws SealError `diverged` for one that no Cairn has made
 */
export function rowOf({ type, data }: RegisterEntry, index: number): RegisteredRow {
  const fields = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const { of, ...rest } = fields;
  const row = type === KEY ? keyOf(rest) : type === CHECKPOINT ? checkpointOf(rest) : undefined;
  if (!row || !(of === undefined || isCount(of))) {
    throw new SealError('diverged', `Entry ${index} of the register of seals (${type}) is none that Cairn has made`);
  }
  return { row, ...(of !== undefined && { of }) };
}

export const isSameRow = (one: SealRow | undefined, other: SealRow): boolean => isDeepStrictEqual(one, other);

function keyOf(fields: Record<string, unknown>): SealRow | undefined {
  const { number, verifierKey, fromSize, statement, ...others } = fields;
  if (Object.keys(others).length > 0 || !isCount(number) || !isCount(fromSize)) return undefined;
  if (typeof verifierKey !== 'string' || !(statement === undefined || typeof statement === 'string')) return undefined;
  return { key: { number, verifierKey, fromSize, ...(statement !== undefined && { statement }) } };
}

function checkpointOf(fields: Record<string, unknown>): SealRow | undefined {
  const { note, signedAt, ...others } = fields;
  if (Object.keys(others).length > 0 || typeof note !== 'string' || typeof signedAt !== 'string') return undefined;
  if (!TIME.test(signedAt) || Number.isNaN(Date.parse(signedAt))) return undefined;
  return { checkpoint: { note, signedAt } };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
