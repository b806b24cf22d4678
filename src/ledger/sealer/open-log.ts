import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import { SealStore, type SealsOptions } from '../seals/store.js';
import type { LogFiles } from './files.js';
import { makeKeyFile, readGivenKey, readOwnKey, takeKeyFile } from './key-file.js';
import { addRotation } from './rotation.js';
import { goOn, type AtStep } from './steps.js';

/** What the settings say of the log and its key. */
export interface LogSettings {
  readonly origin?: string;
  /** A key, or the path of a file with one. */
  readonly signingKey?: string;
  /** The key before, in the same way, which says that the other one is its successor. */
  readonly previousKey?: string;
}

export interface OpenLog {
  readonly origin: string;
  readonly seals: SealStore;
  readonly signer: Signer;
}

/**
 * Opens the log that a data folder has, or begins one: its name, its seals and the key that signs. What a crash left
 * unfinished, of a beginning or of a rotation, is finished.
 *
 * A new log is begun in the order name, key, entry of the key, so that seals are always there before a key is: a key
 * without seals is one whose log has been lost.
 *
 * @throws SealError
 */
export function openLog(files: LogFiles, settings: LogSettings, options: SealsOptions = {}): OpenLog {
  const { at = goOn } = options;
  const given = settings.signingKey === undefined ? undefined : readGivenKey(settings.signingKey, 'CAIRN_SIGNING_KEY');
  const newOrigin = (): string => {
    checkNothingIsLost(files);
    return nameOfNewLog(settings, given?.verifier.name);
  };
  if (!existsSync(files.seals)) newOrigin();
  const seals = SealStore.openOrMake(files.seals, newOrigin, options);
  try {
    const origin = originOf(seals, files, settings);
    const signer = given ? takeGivenKey({ seals, origin, given, settings }) : takeOwnKey(files, { seals, origin, at });
    return { origin, seals, signer };
  } catch (error) {
    seals.close();
    throw error;
  }
}

/** What a log is called that begins here. */
export const nameOfNewLog = ({ origin }: LogSettings, keyName: string | undefined): string =>
  origin ?? keyName ?? `cairn.local/${randomBytes(8).toString('hex')}`;

/** The log's name, which a setting may repeat. @throws SealError `origin-differs` */
export function originOf(seals: SealStore, files: LogFiles, settings: LogSettings): string {
  const origin = seals.origin() ?? '';
  if (settings.origin === undefined || settings.origin === origin) return origin;
  throw new SealError(
    'origin-differs',
    `CAIRN_ORIGIN is ${settings.origin}, and the seals in ${files.seals} are of the log ${origin}. A log keeps its name.`,
  );
}

/** Without its seals, a log that goes on under its key could sign a second history. */
export function checkNothingIsLost(files: LogFiles): void {
  const left = [files.key, files.nextKey, files.tree].filter((file) => existsSync(file));
  if (left.length === 0) return;
  throw new SealError(
    'seals-missing',
    `${files.seals} is not there, but ${left.join(' and ')} ${left.length > 1 ? 'are' : 'is'}: what was signed is lost. ` +
      'Bring the file back from a backup. Where there is none, move the others away: a log of another name then begins.',
  );
}

interface Given {
  readonly seals: SealStore;
  readonly origin: string;
  readonly given: Signer;
  readonly settings: LogSettings;
}

function takeGivenKey({ seals, origin, given, settings: { previousKey } }: Given): Signer {
  checkName(given, origin, 'CAIRN_SIGNING_KEY');
  const current = seals.keys().at(-1)?.verifierKey;
  if (current === given.verifier.text) return given;
  if (current === undefined) {
    seals.addKey({ number: 0, verifierKey: given.verifier.text, fromSize: 0 });
    return given;
  }
  const previous = previousKey === undefined ? undefined : readGivenKey(previousKey, 'CAIRN_SIGNING_KEY_PREVIOUS');
  if (previous?.verifier.text !== current) {
    throw new SealError(
      'key-differs',
      `CAIRN_SIGNING_KEY is not the log's key ${current}. To replace that one, give it as CAIRN_SIGNING_KEY_PREVIOUS.`,
    );
  }
  addRotation(seals, { origin, from: previous, to: given });
  return given;
}

interface Own {
  readonly seals: SealStore;
  readonly origin: string;
  readonly at: AtStep;
}

function takeOwnKey(files: LogFiles, { seals, origin, at }: Own): Signer {
  const current = seals.keys().at(-1)?.verifierKey;
  const own = readOwnKey(files.key);
  if (current === undefined) {
    const signer = own ?? makeKeyFile(files.key, origin, at);
    checkName(signer, origin, files.key);
    seals.addKey({ number: 0, verifierKey: signer.verifier.text, fromSize: 0 });
    return signer;
  }
  const next = readOwnKey(files.nextKey);
  if (next && own?.verifier.text === current) addRotation(seals, { origin, from: own, to: next, at });
  if (next && seals.keys().at(-1)?.verifierKey === next.verifier.text) {
    takeKeyFile(files.nextKey, files.key, at);
    return next;
  }
  if (own?.verifier.text === current) return own;
  throw own
    ? new SealError('key-differs', `${files.key} is not the log's key ${current}`)
    : new SealError(
        'key-missing',
        `${files.key}, the log's key ${current}, is not there. Bring it back from a backup, or give it as CAIRN_SIGNING_KEY.`,
      );
}

function checkName({ verifier }: Signer, origin: string, where: string): void {
  if (verifier.name === origin) return;
  throw new SealError('key-unusable', `${where} holds a key of ${verifier.name}, and the log is ${origin}`);
}
