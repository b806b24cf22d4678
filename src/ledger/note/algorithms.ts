import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/**
 * How a kind of key signs a note's text. Another algorithm (C2SP signed-note has ML-DSA-44 as 0x06) is one more row of
 * {@link ALGORITHMS}: nothing else knows which there are.
 */
export interface Algorithm {
  /** C2SP signed-note, "Signature types". */
  readonly id: number;
  readonly name: string;
  readonly publicKeyBytes: number;
  /** The public key of a seed, and the signature over a text, by whoever holds the seed; absent, others sign so. */
  readonly signer?: (seed: Uint8Array) => { readonly publicKey: Buffer; readonly sign: (text: string) => Buffer };
  readonly verify: (publicKey: Uint8Array, text: string, signature: Uint8Array) => boolean;
}

const SEED_BYTES = 32;
const SIGNATURE_BYTES = 64;
const TIMESTAMP_BYTES = 8;

/** C2SP tlog-cosignature: a time "MUST NOT exceed 2^63 - 1". */
const TIME_MAX = 2n ** 63n - 1n;

/** RFC 8410, 7: what a raw Ed25519 seed is preceded by in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const ED25519: Algorithm = {
  id: 0x01,
  name: 'Ed25519',
  publicKeyBytes: 32,
  signer: ed25519Signer,
  verify: (publicKey, text, signature) => isSigned(publicKey, text, signature),
};

/** C2SP tlog-cosignature: a witness signs the time together with the text. */
export const COSIGNATURE: Algorithm = {
  id: 0x04,
  name: 'cosignature/v1',
  publicKeyBytes: 32,
  verify: (publicKey, text, signature) => {
    if (signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return false;
    const time = cosignedAt(signature);
    if (time > TIME_MAX) return false;
    return isSigned(publicKey, cosignedText(text, time), signature.subarray(TIMESTAMP_BYTES));
  },
};

const ALGORITHMS: readonly Algorithm[] = [ED25519, COSIGNATURE];

/** What new keys are of. */
export const DEFAULT_ALGORITHM = ED25519;

export const algorithmOf = (id: number | undefined): Algorithm | undefined =>
  ALGORITHMS.find((algorithm) => algorithm.id === id);

/** When a witness has signed: seconds since 1970, as the first eight bytes of its signature say. */
export const cosignedAt = (signature: Uint8Array): bigint => Buffer.from(signature).readBigUInt64BE(0);

/**
 * A witness's signature over a checkpoint's text.
 *
 * @param time - seconds since 1970
 */
export function cosign(sign: (text: string) => Buffer, text: string, time: bigint): Buffer {
  if (time < 0n || time > TIME_MAX) throw new RangeError(`${time} is no time of a cosignature`);
  const timestamp = Buffer.alloc(TIMESTAMP_BYTES);
  timestamp.writeBigUInt64BE(time);
  return Buffer.concat([timestamp, sign(cosignedText(text, time))]);
}

const cosignedText = (text: string, time: bigint): string => `cosignature/v1\ntime ${time}\n${text}`;

/** RFC 8032, from the 32 bytes that are the private key. */
export function ed25519Signer(seed: Uint8Array): {
  readonly publicKey: Buffer;
  readonly sign: (text: string) => Buffer;
} {
  const key = privateKey(seed);
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { publicKey: Buffer.from(x ?? '', 'base64url'), sign: (text) => sign(null, Buffer.from(text), key) };
}

function privateKey(seed: Uint8Array): KeyObject {
  if (seed.length !== SEED_BYTES) throw new RangeError(`A seed of Ed25519 has ${SEED_BYTES} bytes`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

function isSigned(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, signature);
}
