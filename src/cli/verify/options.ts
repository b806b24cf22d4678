import { readFileSync } from 'node:fs';
import type { Kept } from '../../ledger/verify/seals.js';
import type { Quorum } from '../../ledger/verify/cosignatures.js';
import { parseVerifierKey } from '../../ledger/note/keys.js';
import { CliError } from '../errors.js';

export interface TrustOptions {
  readonly key?: readonly string[];
  readonly checkpoint?: string;
  readonly witness?: readonly string[];
  readonly quorum?: string;
}

/** Whom the caller trusts, and what they know from before. */
export interface Trust {
  readonly trusted: readonly string[];
  readonly kept: Kept | undefined;
  readonly quorum: Quorum;
}

/** No checkpoint of anybody's is larger. */
const CHECKPOINT_BYTES_MAX = 1_000_000;

/** @throws CliError for a key, file or number that cannot be used */
export function trustOf({ key = [], checkpoint, witness = [], quorum }: TrustOptions): Trust {
  for (const text of [...key, ...witness]) checkKey(text);
  return {
    trusted: key,
    kept: checkpoint === undefined ? undefined : { name: checkpoint, note: readCheckpoint(checkpoint) },
    quorum: { witnesses: witness, least: leastOf(quorum, witness.length) },
  };
}

function checkKey(text: string): void {
  try {
    parseVerifierKey(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError('usage', `${message}: ${text.slice(0, 200)}`, 'A verifier key is name+id+base64, on one line.');
  }
}

function readCheckpoint(file: string): Uint8Array {
  const bytes = readFileSync(file);
  if (bytes.length <= CHECKPOINT_BYTES_MAX) return bytes;
  throw new CliError('input', `${file} is no checkpoint: it has ${bytes.length} bytes.`);
}

function leastOf(quorum: string | undefined, witnesses: number): number {
  if (quorum === undefined) return witnesses;
  if (/^\d{1,3}$/.test(quorum) && Number(quorum) >= 1 && Number(quorum) <= witnesses) return Number(quorum);
  throw new CliError(
    'usage',
    `--quorum must be a whole number from 1 to the ${witnesses} of --witness, not ${quorum}.`,
  );
}
