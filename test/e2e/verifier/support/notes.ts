import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** Trees, keys and notes straight from their specifications, for a ledger of a few hundred events. */
export const sha256 = (...parts: (string | Uint8Array)[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();

export const leafHashOf = (leaf: string): Buffer => sha256(Buffer.of(0), leaf);
const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/** RFC 6962, 2.1. */
export function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Buffer;
  const split = splitOf(leaves.length);
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** RFC 6962, 2.1.1: the way from a leaf to the root. */
export function proofOf(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split ? [...proofOf(index, left), rootOf(right)] : [...proofOf(index - split, right), rootOf(left)];
}

export interface TestKey {
  readonly text: string;
  readonly pem: string;
  /** Its line of signature under a note's text. */
  line(text: string): string;
}

const ED25519 = 1;
const COSIGNATURE = 4;

function keyOf(name: string, algorithm: number, signature: (key: KeyObject, text: string) => Buffer): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.concat([Buffer.of(algorithm), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]);
  const id = sha256(`${name}\n`, bytes).subarray(0, 4);
  return {
    text: `${name}+${id.toString('hex')}+${bytes.toString('base64')}`,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    line: (text) => `— ${name} ${Buffer.concat([id, signature(privateKey, text)]).toString('base64')}`,
  };
}

export const logKey = (name: string): TestKey =>
  keyOf(name, ED25519, (key, text) => sign(null, Buffer.from(text), key));

export const witnessKey = (name: string): TestKey =>
  keyOf(name, COSIGNATURE, (key, text) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_770_000_000n);
    return Buffer.concat([time, sign(null, Buffer.from(`cosignature/v1\ntime 1770000000\n${text}`), key)]);
  });

export const noteOf = (text: string, ...keys: TestKey[]): string =>
  `${text}\n${keys.map((key) => `${key.line(text)}\n`).join('')}`;

export const checkpointText = (origin: string, size: number | bigint, root: Buffer): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`;

export const rotationText = (origin: string, size: number, key: TestKey): string =>
  `cairn key rotation v1\n${origin}\n${size}\n${key.text}\n`;
