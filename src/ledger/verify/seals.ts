import type { OpenedCheckpoint } from '../note/checkpoint.js';
import { isTime, shown } from './event-rules.js';
import { addDamage, counted, type Findings } from './findings.js';
import type { LogKeys } from './log-keys.js';
import type { CheckpointRow } from './ports.js';

/** A root that somebody signed, to be compared with that of the events. */
export interface Signed {
  /** Somebody else's may be larger than any number is exact. */
  readonly size: bigint;
  readonly root: Buffer;
  /** What it is called when it is told of. */
  readonly name: string;
}

/** Whose checkpoint besides those of the log is to be a beginning of it. */
export interface Kept {
  readonly name: string;
  readonly note: Uint8Array;
}

/**
 * Checks each checkpoint by itself and yields those that are what they say, in order of size; of `kept`, which an
 * auditor had from an earlier time, the same.
 */
export function* signedRoots(
  rows: Iterable<CheckpointRow>,
  keys: LogKeys,
  kept: Kept | undefined,
  findings: Findings,
): Iterable<Signed> {
  let theirs = kept && signedOf(keys.open(kept.note, `the checkpoint in ${kept.name}`, findings), kept.name);
  let signedAt = '';
  let count = 0;
  for (const row of asFarAsReadable(rows, findings)) {
    count += 1;
    if (theirs && theirs.size <= row.size) {
      yield theirs;
      theirs = undefined;
    }
    if (!isTime(row.signedAt)) {
      findings.add(
        'checkpoints',
        'malformed-checkpoint',
        `${nameOf(row)} was signed at no time: ${shown(row.signedAt)}`,
      );
    } else {
      if (row.signedAt < signedAt) {
        findings.add('checkpoints', 'malformed-checkpoint', `${nameOf(row)} was signed before the one before it`);
      }
      signedAt = row.signedAt;
    }
    if (isSigned(row, keys, findings)) yield { size: BigInt(row.size), root: row.root, name: nameOf(row) };
  }
  if (theirs) yield theirs;
  findings.looked('checkpoints', counted(count, 'checkpoint'));
}

function* asFarAsReadable<Row>(rows: Iterable<Row>, findings: Findings): Iterable<Row> {
  try {
    yield* rows;
  } catch (error) {
    addDamage('seals.db', findings, error);
  }
}

const nameOf = ({ size }: Pick<CheckpointRow, 'size'>): string => `the checkpoint of size ${size}`;

function signedOf(checkpoint: OpenedCheckpoint | undefined, file: string): Signed | undefined {
  if (!checkpoint) return undefined;
  const { size, root } = checkpoint;
  return { size, root, name: `the checkpoint in ${file}, of size ${size},` };
}

function isSigned(row: CheckpointRow, keys: LogKeys, findings: Findings): boolean {
  const checkpoint = keys.open(row.note, nameOf(row), findings);
  if (!checkpoint) return false;
  if (checkpoint.size === BigInt(row.size) && checkpoint.root.equals(row.root)) return true;
  const what = `${nameOf(row)} has a note of size ${checkpoint.size} and root ${checkpoint.root.toString('hex')}, and its row says something else`;
  findings.add('checkpoints', 'malformed-checkpoint', what);
  return false;
}
