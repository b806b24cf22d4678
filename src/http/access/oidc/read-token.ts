import { parseJsonBytes } from '../../input/json.js';
import { OidcError, shown } from './errors.js';

/** What any token costs before its signature is looked at, and a key in the cache, is bounded by this. */
export const TOKEN_CHARACTERS_MAX = 8 * 1024;
const HEADER_CHARACTERS_MAX = 2 * 1024;

/** With a public and a private key each: a key that everybody knows can never be taken for a secret (RFC 8725, 3.1). */
export const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
];

/** RFC 8725, 3.11: a token that was made for something else says so. */
const TYPES = new Set(['jwt', 'at+jwt']);

export type Claims = Readonly<Record<string, unknown>>;

/** A JWT as it came. Nothing of it is known to be true. */
export interface UncheckedToken {
  readonly keyId: string | undefined;
  readonly issuer: string;
  readonly claims: Claims;
}

/** Three parts in base64url, as a JWT has them (RFC 7515, 7.1). */
export const isJwt = (token: string): boolean => /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(token);

/** @throws OidcError `malformed`, `algorithm-not-allowed` or `claim-invalid` */
export function readToken(token: string): UncheckedToken {
  if (token.length > TOKEN_CHARACTERS_MAX) {
    throw new OidcError('malformed', `The token has more than ${TOKEN_CHARACTERS_MAX / 1024} KiB.`);
  }
  const parts = isJwt(token) ? token.split('.') : [];
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || !isCanonical(signature)) throw malformed('three parts in base64url');
  if (header.length > HEADER_CHARACTERS_MAX) throw malformed(`a header of at most ${HEADER_CHARACTERS_MAX / 1024} KiB`);
  const keyId = keyIdOf(objectIn(header, 'header'));
  const claims = objectIn(payload, 'set of claims');
  return { keyId, issuer: textOf(claims, 'iss'), claims };
}

/** A claim that must be a text. @throws OidcError `claim-invalid` */
export function textOf(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new OidcError('claim-invalid', `The token's claim ${name} is ${value === undefined ? 'missing' : 'no text'}.`);
}

function keyIdOf({ alg, kid, typ, crit, b64 }: Claims): string | undefined {
  if (typeof alg !== 'string' || !ALGORITHMS.includes(alg)) {
    const what = typeof alg === 'string' ? shown(alg) : 'nothing';
    throw new OidcError(
      'algorithm-not-allowed',
      `The token is signed by ${what}. What counts is ${ALGORITHMS.join(', ')}.`,
    );
  }
  if (crit !== undefined || b64 !== undefined) throw malformed('a header without critical extensions');
  if (kid !== undefined && typeof kid !== 'string') throw malformed('a key id that is a text');
  const isType =
    typ === undefined || (typeof typ === 'string' && TYPES.has(typ.toLowerCase().replace(/^application\//, '')));
  if (!isType) throw malformed('the type JWT');
  return kid;
}

function objectIn(part: string, what: string): Claims {
  if (!isCanonical(part)) throw malformed(`a ${what} in base64url`);
  let value: unknown;
  try {
    value = parseJsonBytes(Buffer.from(part, 'base64url'));
  } catch (error) {
    throw malformed(`a ${what} of plain JSON`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`a ${what} that is an object`);
  return value as Claims;
}

/** One text for the same bytes, so that nobody can make another token out of one. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;

const malformed = (expected: string, options?: ErrorOptions): OidcError =>
  new OidcError('malformed', `The token is no JWT with ${expected}.`, options);
