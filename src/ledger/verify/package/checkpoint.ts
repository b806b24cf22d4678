import { createPublicKey } from 'node:crypto';
import { LedgerError } from '../../errors.js';
import type { OpenedCheckpoint } from '../../note/checkpoint.js';
import { parseVerifierKey, type Verifier } from '../../note/keys.js';
import { parseNote } from '../../note/signed-note.js';
import { checkCosignatures, type Quorum } from '../cosignatures.js';
import type { Findings } from '../findings.js';
import type { LogKeys } from '../log-keys.js';
import type { KeyRow } from '../ports.js';
import type { Kept } from '../seals.js';
import type { Manifest } from './manifest.js';
import { keyCount, textOf, type Members } from './members.js';

/** What the checkpoint is held against. */
interface Trust {
  readonly findings: Findings;
  readonly kept: Kept | undefined;
  readonly quorum: Quorum;
}

/** The log that the keys must be of is the one that the checkpoint names. */
export const originOf = (members: Members, manifest: Manifest | undefined): string =>
  manifest?.origin ?? textOf(members, 'checkpoint').split('\n')[0] ?? '';

export function keyRows(members: Members): KeyRow[] {
  return Array.from({ length: keyCount(members) }, (_, number) => {
    const statement = members.get(`keys/${number}.rotation`)?.toString() ?? null;
    const verifierKey = textOf(members, `keys/${number}.vkey`).replace(/\n$/, '');
    // The third line of a statement is the first size that the new key signs.
    const fromSize = number === 0 ? 0 : Number(statement?.split('\n')[2] ?? NaN);
    return { number, verifierKey, fromSize, statement };
  });
}

/** The checkpoint of a package, if it is what it says: signed by the key whose turn it was, and by witnesses. */
export function openCheckpoint(
  members: Members,
  keys: LogKeys,
  { findings, kept, quorum }: Trust,
): OpenedCheckpoint | undefined {
  checkPems(members, findings);
  const note = members.get('checkpoint') ?? Buffer.alloc(0);
  const checkpoint = keys.open(note, 'the checkpoint', findings);
  if (!checkpoint) return undefined;
  findings.looked(
    'checkpoints',
    `of ${checkpoint.size} ${checkpoint.size === 1n ? 'entry' : 'entries'}, signed by the key whose turn it was`,
  );
  keys.checkTrust(checkpoint.size, findings);
  compareKept(checkpoint, keys, kept, findings);
  const { signatures } = parseNote(note);
  const theirs = quorum.witnesses.flatMap((witness) => {
    const { name, keyId } = parseVerifierKey(witness);
    const line = signatures.find((one) => one.name === name && one.keyId === keyId)?.line;
    return line === undefined ? [] : [{ size: Number(checkpoint.size), witness, line, note: note.toString() }];
  });
  checkCosignatures(theirs, quorum, Number(checkpoint.size), findings);
  return checkpoint;
}

/** A package has no proof from one checkpoint to another: only one of the same size can be held against it. */
function compareKept(checkpoint: OpenedCheckpoint, keys: LogKeys, kept: Kept | undefined, findings: Findings): void {
  const theirs = kept && keys.open(kept.note, `the checkpoint in ${kept.name}`, findings);
  // Every log begins with none.
  if (!theirs || theirs.size === 0n) return;
  if (theirs.size !== checkpoint.size) {
    throw new LedgerError(
      'malformed-package',
      `The checkpoint in ${kept.name} is of ${theirs.size} entries and the package's of ${checkpoint.size}: only the log itself can show that one begins with the other`,
    );
  }
  if (theirs.root.equals(checkpoint.root)) return;
  findings.add(
    'checkpoints',
    'other-root',
    `the checkpoint in ${kept.name} has another root of the same ${theirs.size} entries`,
  );
}

/** The same key once more, in the form that `openssl` reads: exactly the bytes that it writes. */
function checkPems(members: Members, findings: Findings): void {
  for (const { number, verifierKey } of keyRows(members)) {
    const [name, key] = [`keys/${number}.pem`, `keys/${number}.vkey`];
    try {
      if (textOf(members, name) === pemOf(parseVerifierKey(verifierKey))) continue;
      findings.add('keys', 'malformed-key', `${name} is not ${key} as a public key in PEM`);
    } catch (error) {
      // The verifier key itself is none, which was told.
      if (!(error instanceof LedgerError)) throw error;
    }
  }
}

/** RFC 8410 SubjectPublicKeyInfo. */
function pemOf({ publicKey }: Verifier): string {
  const key = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
}
