import { verify, type KeyObject } from 'node:crypto';
import { ProvenanceError } from './failure.js';
import { hashOfKey, publicKeyOf } from './keys.js';
import type { SigningKey } from './sigstore.js';
import { isObject } from './statement.js';

const SIGNATURES_MAX = 16;

/** A DSSE envelope: what is signed, and by whom. */
export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

/** @throws ProvenanceError `format` */
export function parseEnvelope(json: unknown): Envelope {
  const { payloadType, payload, signatures } = isObject(json) ? json : {};
  if (typeof payloadType !== 'string' || typeof payload !== 'string' || !Array.isArray(signatures)) {
    throw malformed('a DSSE envelope of payloadType, payload and signatures', 'something else');
  }
  if (signatures.length === 0 || signatures.length > SIGNATURES_MAX) {
    throw malformed(`1 to ${SIGNATURES_MAX} signatures`, `${signatures.length}`);
  }
  const sigs = (signatures as unknown[]).map((signature) => (isObject(signature) ? signature['sig'] : undefined));
  return { payloadType, payload: base64(payload), signatures: sigs.map(base64) };
}

/**
 * DSSE v1, "Protocol": one of the signatures is by one of the keys.
 *
 * @returns the key
 * @throws ProvenanceError `signature`
 */
export function verifyEnvelope(envelope: Envelope, keys: readonly SigningKey[]): SigningKey {
  const signed = preAuthEncoding(envelope);
  // Which key it is says the signature itself; the hint beside it is not signed.
  const key = keys.find(({ pem }) => {
    const publicKey = publicKeyOf(pem);
    return envelope.signatures.some((signature) => isSigned(signed, publicKey, signature));
  });
  if (key) return key;
  const known = keys.map(({ id }) => id).join(', ') || 'no key is registered';
  throw new ProvenanceError('signature', 'a signature by a key of the pipeline', `one by none of them (${known})`);
}

/** DSSE v1: `DSSEv1 <length of type> <type> <length of payload> <payload>`. */
export function preAuthEncoding({ payloadType, payload }: Pick<Envelope, 'payloadType' | 'payload'>): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** ECDSA comes in two forms, and an envelope does not say which. */
function isSigned(bytes: Buffer, key: KeyObject, signature: Buffer): boolean {
  const hash = hashOfKey(key);
  if (hash === undefined) return false;
  if (hash === null) return verify(null, bytes, key, signature);
  return (['der', 'ieee-p1363'] as const).some((dsaEncoding) => verify(hash, bytes, { key, dsaEncoding }, signature));
}

/** DSSE allows both alphabets of base64. */
function base64(text: unknown): Buffer {
  if (typeof text !== 'string') throw malformed('base64', 'none');
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Buffer.from(standard, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== standard.replace(/=+$/, '')) throw malformed('base64', 'none');
  return bytes;
}

const malformed = (expected: string, seen: string): ProvenanceError => new ProvenanceError('format', expected, seen);
