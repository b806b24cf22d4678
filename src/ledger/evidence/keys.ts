import { createPublicKey } from 'node:crypto';
import { DEFAULT_ALGORITHM } from '../note/algorithms.js';
import { parseVerifierKey } from '../note/keys.js';
import type { LogKey } from '../sealed-ledger.js';

/** The keys under which a log of this size was signed, the oldest first. */
export const keysOf = (keys: readonly LogKey[], size: number): LogKey[] =>
  keys.filter(({ fromSize }) => fromSize <= size).sort((a, b) => a.number - b.number);

/** Name → text of what a package has of them. */
export const keyMembers = (keys: readonly LogKey[]): [name: string, text: string][] =>
  keys.flatMap(({ number, verifierKey, statement }): [string, string][] => [
    [`keys/${number}.pem`, pemOf(verifierKey)],
    ...(statement === undefined ? [] : [[`keys/${number}.rotation`, statement] as [string, string]]),
    [`keys/${number}.vkey`, `${verifierKey}\n`],
  ]);

/**
 * A verifier key as `openssl` reads it: SubjectPublicKeyInfo (RFC 8410) in PEM.
 *
 * @throws LedgerError `malformed-key`
 * @throws RangeError for a key of which openssl has no form
 */
function pemOf(verifierKey: string): string {
  const { name, keyId } = parseVerifierKey(verifierKey);
  const [algorithm, ...publicKey] = Buffer.from(verifierKey.slice(`${name}+${keyId}+`.length), 'base64');
  if (algorithm !== DEFAULT_ALGORITHM.id) throw new RangeError(`The key ${name}+${keyId} is none of Ed25519`);
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}
