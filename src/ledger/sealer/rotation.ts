import type { Signer } from '../note/keys.js';
import { signNote } from '../note/signed-note.js';
import type { LogKey } from '../sealed-ledger.js';
import type { SealsReader } from '../seals/reader.js';
import type { SealStore } from '../seals/store.js';
import type { LogFiles } from './files.js';
import { makeKeyFile, takeKeyFile } from './key-file.js';
import { goOn, type AtStep } from './steps.js';

/** The text that the old key and the new one sign: from this size on, the new one signs. */
export const rotationText = (origin: string, fromSize: number, verifierKey: string): string =>
  `cairn key rotation v1\n${origin}\n${fromSize}\n${verifierKey}\n`;

interface Rotation {
  readonly origin: string;
  readonly from: Signer;
  readonly to: Signer;
  readonly at?: AtStep;
}

/** A key as the successor of the one that signs now, for all checkpoints after the last. */
export function stateRotation(seals: SealsReader, { origin, from, to, at = goOn }: Rotation): LogKey {
  const fromSize = (seals.last()?.size ?? 0) + 1;
  at('state-rotation');
  return {
    number: seals.keys().length,
    verifierKey: to.verifier.text,
    fromSize,
    statement: signNote(rotationText(origin, fromSize, to.verifier.text), [from, to]),
  };
}

/** Enters a key as the successor of the one that signs now. */
export function addRotation(seals: SealStore, rotation: Rotation): LogKey {
  const key = stateRotation(seals, rotation);
  seals.addKey(key);
  return key;
}

/**
 * Replaces the key in the data folder. The new one is there, under another name, before the statement is; and the
 * statement before the old one goes. So a crash leaves the log's key in one of the two files.
 */
export function rotateKeyFile(
  files: LogFiles,
  log: { seals: SealStore; origin: string; signer: Signer },
  at: AtStep = goOn,
): { signer: Signer; key: LogKey } {
  const { seals, origin, signer } = log;
  const next = makeKeyFile(files.nextKey, origin, at);
  const key = addRotation(seals, { origin, from: signer, to: next, at });
  takeKeyFile(files.nextKey, files.key, at);
  return { signer: next, key };
}
