import { existsSync } from 'node:fs';
import type { SealRegister } from '../../event-store/seal-register.js';
import { LedgerError } from '../errors.js';
import { parseVerifierKey } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { LogKey } from '../sealed-ledger.js';
import { entryOf, isSameRow, rowOf } from '../seals/rows.js';
import { SealStore, type SealsOptions } from '../seals/store.js';
import type { LogFiles } from './files.js';
import { Keyring } from './keyring.js';
import { checkNothingIsLost, nameOfNewLog, originOf, type LogSettings } from './open-log.js';
import { goOn } from './steps.js';

export interface OpenSharedLog {
  readonly origin: string;
  readonly seals: SealStore;
  readonly keyring: Keyring;
}

/**
 * Opens a data folder's copy of the log that the servers of a ledger share. The log is that of whoever was first in the
 * register: one that was begun here meanwhile, and has signed nothing, gives way to it.
 *
 * A new log is begun in the order name, key, entry of the key, and then the register: so whatever is named there has
 * its private key on a disk.
 *
 * @throws SealError, StoreError
 */
export async function openSharedLog(
  files: LogFiles,
  settings: LogSettings,
  register: SealRegister,
  options: SealsOptions = {},
): Promise<OpenSharedLog> {
  const keyring = new Keyring(files, settings, options.at);
  const first = existsSync(files.seals) ? undefined : await firstKey(register);
  const newOrigin = (): string => {
    checkNothingIsLost(files);
    return first ? nameOf(first) : nameOfNewLog(settings, keyring.givenName);
  };
  const seals = SealStore.openOrMake(files.seals, newOrigin, options);
  try {
    if (!seals.last()) await settleBeginning({ register, seals, keyring, options });
    return { origin: originOf(seals, files, settings), seals, keyring };
  } catch (error) {
    seals.close();
    throw error;
  }
}

interface Beginning {
  readonly register: SealRegister;
  readonly seals: SealStore;
  readonly keyring: Keyring;
  readonly options: SealsOptions;
}

/** Whose log it is. Once the register has its first entry, that is decided for good. */
async function settleBeginning({ register, seals, keyring, options: { at = goOn } }: Beginning): Promise<void> {
  let first = await firstKey(register);
  if (!first) {
    if (seals.keys().length === 0) {
      const { verifier } = keyring.forNewLog(seals.origin() ?? '');
      seals.addKey({ number: 0, verifierKey: verifier.text, fromSize: 0 });
    }
    at('begin-register');
    const keys = seals.keys();
    const isFirst = await register.append(
      0,
      keys.map((key) => entryOf({ key })),
    );
    at('begun-register');
    if (isFirst) return;
    first = await firstKey(register);
  }
  const [own] = seals.keys();
  if (!first || (own && isSameRow({ key: own }, { key: first }))) return;
  if (!keyring.signerOf(first.verifierKey)) keyring.setAside();
  seals.giveWay(nameOf(first), first);
}

/** The entry that names the log; undefined while there is none. */
async function firstKey(register: SealRegister): Promise<LogKey | undefined> {
  const [entry] = await register.read(0, 1);
  if (!entry) return undefined;
  const { row } = rowOf(entry, 0);
  if ('key' in row && row.key.number === 0 && row.key.fromSize === 0 && row.key.statement === undefined) {
    nameOf(row.key);
    return row.key;
  }
  throw new SealError('diverged', 'The register of seals does not begin with the first key of a log');
}

function nameOf({ verifierKey }: LogKey): string {
  try {
    return parseVerifierKey(verifierKey).name;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new SealError('diverged', `The register of seals begins with a key that is none: ${error.message}`, {
      cause: error,
    });
  }
}
