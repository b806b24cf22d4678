import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from 'jose';
import { boundedBody, fetchFailure } from '../../../fetched.js';
import { parseJsonBytes } from '../../input/json.js';
import { isTrustworthy } from './issuer-address.js';

const ANSWER_BYTES_MAX = 256 * 1024;
const TIMEOUT_MS = 5_000;
const KEYS_MAX = 100;

/** Kinds of keys with a public half. */
const KINDS = new Set(['RSA', 'EC', 'OKP']);

/** The keys of an issuer, and the text that they came in, by which it is seen that nothing has changed. */
export interface ReadKeys {
  readonly set: LocalJWKSet;
  readonly text: string;
}

/**
 * An issuer's public keys, by OpenID Connect Discovery 1.0, section 4: its configuration says where they are.
 *
 * @throws Error that says what is wrong, for the log
 */
export async function readKeys(issuer: string, signal: AbortSignal): Promise<ReadKeys> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const configuration = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, within);
  // Section 4.3: who answers for another issuer could have its tokens taken for that one's.
  if (configuration['issuer'] !== issuer) throw new Error('its configuration is of another issuer');
  const { keys } = await read(keysAddress(issuer, configuration['jwks_uri']), within);
  if (!Array.isArray(keys) || keys.length > KEYS_MAX) throw new Error(`it has no list of at most ${KEYS_MAX} keys`);
  const usable = (keys as unknown[]).filter(isPublic);
  if (usable.length === 0) throw new Error('it has no public key for signatures');
  const known = { keys: usable } as unknown as JSONWebKeySet;
  return { set: createLocalJWKSet(known), text: JSON.stringify(usable) };
}

/** An issuer elsewhere has no business on this machine. */
function keysAddress(issuer: string, address: unknown): string {
  const isLocal = issuer.startsWith('http:');
  if (typeof address === 'string' && isTrustworthy(address) && (isLocal || address.startsWith('https:'))) {
    return address;
  }
  throw new Error('its jwks_uri is not an https address');
}

async function read(address: string, signal: AbortSignal): Promise<Record<string, unknown>> {
  let response: Response;
  try {
    // Compressed, an answer within the limit could be one of any size.
    const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
    response = await fetch(address, { headers, redirect: 'manual', signal });
  } catch (error) {
    throw new Error(`${address} cannot be reached: ${fetchFailure(error)}`, { cause: error });
  }
  const body = await boundedBody(response, ANSWER_BYTES_MAX);
  if (!body) throw new Error(`${address} answers with more than ${ANSWER_BYTES_MAX / 1024} KiB`);
  if (response.status !== 200) throw new Error(`${address} answers ${response.status}`);
  try {
    const value = parseJsonBytes(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new Error(`${address} answers with no JSON that can be read`, { cause: error });
  }
  throw new Error(`${address} answers with no JSON object`);
}

/** Whether this is a public key for signatures. A secret one is nothing that an issuer publishes. */
function isPublic(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use, d, k } = key as Record<string, unknown>;
  return typeof kty === 'string' && KINDS.has(kty) && (use === undefined || use === 'sig') && d === undefined && !k;
}
