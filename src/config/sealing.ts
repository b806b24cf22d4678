import { isKeyName } from '../ledger/note/keys.js';
import { parseWitnesses } from '../ledger/witness/settings.js';
import { ConfigError } from './error.js';
import type { Read } from './settings.js';

/** How the ledger is sealed. */
export interface SealingConfig extends WitnessingConfig {
  readonly intervalMs: number;
  /** The log's name. */
  readonly origin?: string;
  /** A private key, or the path of a file with one. */
  readonly signingKey?: string;
  readonly previousKey?: string;
}

export interface WitnessingConfig {
  /** Witnesses as the setting has them; empty for none. */
  readonly witnesses: string;
  /** So many of them must have cosigned a checkpoint before it is published. */
  readonly witnessesRequired: number;
}

/** Each checkpoint is a commit that waits for the disk, and a row that is kept for good. */
const SEAL_INTERVAL_MIN_MS = 50;

/**
 * How the ledger is sealed, absent where it is not; and of whom it depends what is shown that was sealed before.
 *
 * @throws ConfigError for the first setting that cannot be used, or is of no use without another one
 */
export function sealingOf(read: Read): { readonly sealing?: SealingConfig; readonly witnessing: WitnessingConfig } {
  const mode = read('CAIRN_SEAL');
  if (mode !== 'on' && mode !== 'off') throw new ConfigError('CAIRN_SEAL', `must be on or off, not ${mode}.`);
  const interval = read('CAIRN_SEAL_INTERVAL_MS');
  if (!/^\d{1,8}$/.test(interval) || Number(interval) < SEAL_INTERVAL_MIN_MS) {
    throw new ConfigError(
      'CAIRN_SEAL_INTERVAL_MS',
      `must be a whole number of milliseconds, ${SEAL_INTERVAL_MIN_MS} at least, not ${interval}.`,
    );
  }
  const origin = read('CAIRN_ORIGIN');
  if (origin !== '' && !isKeyName(origin)) {
    throw new ConfigError('CAIRN_ORIGIN', 'must be a name such as example.org/cairn, without spaces and plus signs.');
  }
  const signingKey = read('CAIRN_SIGNING_KEY');
  const previousKey = read('CAIRN_SIGNING_KEY_PREVIOUS');
  if (previousKey !== '' && signingKey === '') {
    throw new ConfigError('CAIRN_SIGNING_KEY_PREVIOUS', 'is of use only with the key after it, in CAIRN_SIGNING_KEY.');
  }
  const witnessing = witnessingOf(read);
  if (mode === 'off') return { witnessing };
  return {
    witnessing,
    sealing: {
      intervalMs: Number(interval),
      ...witnessing,
      ...(origin !== '' && { origin }),
      ...(signingKey !== '' && { signingKey }),
      ...(previousKey !== '' && { previousKey }),
    },
  };
}

function witnessingOf(read: Read): WitnessingConfig {
  const witnesses = read('CAIRN_WITNESSES');
  const count = countOfWitnesses(witnesses);
  const required = read('CAIRN_WITNESSES_REQUIRED');
  if (!/^\d{1,2}$/.test(required) || Number(required) > count) {
    throw new ConfigError(
      'CAIRN_WITNESSES_REQUIRED',
      `must be a whole number from 0 to that of the witnesses, which is ${count}, not ${required}.`,
    );
  }
  return { witnesses, witnessesRequired: Number(required) };
}

function countOfWitnesses(text: string): number {
  try {
    return parseWitnesses(text).length;
  } catch (error) {
    throw new ConfigError('CAIRN_WITNESSES', `${(error as Error).message}.`);
  }
}
