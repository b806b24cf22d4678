/*
 * Who signed what: signed notes, verifier keys, checkpoints and cosignatures (C2SP), and how one key of a log leads to the
 * next ("Checkpoints and keys" of docs/tamper-evidence.md).
 */
import { createPublicKey, verify } from 'node:crypto';
import { say, sha256, wrong } from './formats.mjs';

const ED25519 = 0x01;
const COSIGNATURE = 0x04;
/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** @type {(text: string) => Buffer | undefined} */
function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/**
 * A size of at most 64 bits (tlog-checkpoint). One that a number cannot hold exactly stays a BigInt: it compares with
 * numbers as it should, and there are no so many events.
 *
 * @type {(text: string) => number | bigint | undefined}
 */
function decimal(text) {
  const size = /^(0|[1-9]\d{0,19})$/.test(text) ? BigInt(text) : 2n ** 64n;
  if (size >= 2n ** 64n) return undefined;
  return size <= Number.MAX_SAFE_INTEGER ? Number(size) : size;
}

/**
 * A verifier key: `name+id+base64(algorithm ‖ public key)` (signed-note, "Verifier keys"). The id has to be that of the
 * name and the key.
 *
 * @typedef {{ text: string, name: string, id: Buffer, algorithm: number, publicKey: import('node:crypto').KeyObject }} Key
 * @type {(text: string, algorithm: number) => Key}
 */
function parseKey(text, algorithm) {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? [];
  const key = base64(encoded);
  if (key?.length !== 33 || key[0] !== algorithm) return wrong(`${text} is not a verifier key of the kind needed here`);
  const ownId = sha256(Buffer.concat([Buffer.from(`${name}\n`), key])).subarray(0, 4);
  if (ownId.toString('hex') !== id) wrong(`the verifier key ${text} has an id that is not its own`);
  const der = Buffer.concat([ED25519_SPKI, key.subarray(1)]);
  return { text, name, id: ownId, algorithm, publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** @type {(text: string) => Key} */
export const parseLogKey = (text) => parseKey(text, ED25519);
/** @type {(text: string) => Key} */
export const parseWitnessKey = (text) => parseKey(text, COSIGNATURE);

/**
 * A signed note: text, a blank line, lines of signature. The text may have blank lines of its own: the last one counts.
 *
 * @typedef {{ text: string, signatures: { name: string, id: Buffer, signature: Buffer }[] }} Note
 * @type {(note: string, what: string) => Note}
 */
function parseNote(note, what) {
  const split = note.lastIndexOf('\n\n');
  const isClean = [...note].every((character) => character >= ' ' || character === '\n');
  const lines = note.slice(split + 2).split('\n');
  if (split < 0 || !isClean || lines.pop() !== '' || lines.length > 100) wrong(`${what} is not a signed note`);
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const bytes = base64(encoded);
    if (!bytes || bytes.length <= 4) return wrong(`${what} has a line of signature that is none`);
    return { name, id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, split + 1), signatures };
}

/**
 * Whether a key signed a note. A signature that is the key's by name and id and does not verify spoils the note. A
 * cosignature (tlog-cosignature, v1) is a time, 8 bytes, and a signature over that time and the text.
 *
 * @type {(note: Note, key: Key, what: string) => boolean}
 */
function isSignedBy({ text, signatures }, key, what) {
  const own = signatures.filter(({ name, id }) => name === key.name && id.equals(key.id));
  for (const { signature } of own) {
    const isTimed = key.algorithm === COSIGNATURE;
    if (signature.length !== (isTimed ? 72 : 64)) wrong(`${what}: the signature of ${key.text} has not its length`);
    const message = isTimed ? `cosignature/v1\ntime ${signature.readBigUInt64BE(0)}\n${text}` : text;
    if (!verify(null, Buffer.from(message), key.publicKey, signature.subarray(-64))) {
      wrong(`${what}: the signature of ${key.text} is false`);
    }
  }
  return own.length > 0;
}

/**
 * The log's keys in their order. Each but the first is brought in by a statement that the key before it and it itself
 * signed, so that who trusts one of them can trust those after it.
 *
 * @typedef {Key & { fromSize: number | bigint }} LogKey
 * @param {string} origin
 * @param {{ verifierKey: string, statement: string | null }[]} rows
 * @returns {LogKey[]}
 */
export function checkKeys(origin, rows) {
  if (rows.length === 0) wrong('the log has no key');
  /** @type {LogKey[]} */
  const keys = [];
  for (const [number, { verifierKey, statement }] of rows.entries()) {
    const what = `the statement of the rotation to key ${number}`;
    const key = parseLogKey(verifierKey);
    const before = keys.at(-1);
    if (key.name !== origin) wrong(`key ${number} is of ${key.name}, not of ${origin}`);
    if ((statement === null) !== (before === undefined)) wrong(`${what} is ${before ? 'missing' : 'one too many'}`);
    if (before === undefined || statement === null) {
      keys.push({ ...key, fromSize: 0 });
      continue;
    }
    const note = parseNote(statement, what);
    const fromSize = decimal(note.text.split('\n')[2] ?? '') ?? 0;
    const expected = `cairn key rotation v1\n${origin}\n${fromSize}\n${verifierKey}\n`;
    if (note.text !== expected) wrong(`${what} says something else`);
    if (fromSize < before.fromSize) wrong(`${what} is from a size before the last rotation`);
    if (!isSignedBy(note, before, what)) wrong(`${what} is not signed by key ${number - 1}`);
    if (!isSignedBy(note, key, what)) wrong(`${what} is not signed by key ${number}`);
    keys.push({ ...key, fromSize });
  }
  return keys;
}

/**
 * A checkpoint of three lines (tlog-checkpoint) with the signature of the key whose turn it is at its size, and which of
 * the given witnesses cosigned it.
 *
 * @typedef {{ origin: string, keys: LogKey[], witnesses: Key[] }} Log
 * @typedef {{ size: any, root: Buffer, signedBy: number, cosignedBy: Key[] }} Checkpoint
 * @param {string} text
 * @param {Log} log
 * @param {string} what
 * @returns {Checkpoint}
 */
export function openCheckpoint(text, { origin, keys, witnesses }, what) {
  const note = parseNote(text, what);
  const [name, sizeText = '', rootText = '', ...rest] = note.text.split('\n');
  const [size, root] = [decimal(sizeText), base64(rootText)];
  if (rest.join() !== '' || rest.length !== 1 || size === undefined || root?.length !== 32) {
    return wrong(`${what} has not the three lines of a checkpoint`);
  }
  if (name !== origin) wrong(`${what} is of the log ${name}, not of ${origin}`);
  // RFC 6962, 2.1: over no leaves there is one root only.
  if (size === 0 && !root.equals(sha256(''))) wrong(`${what} has a root over no events`);
  const signedBy = keys.findLastIndex(({ fromSize }) => fromSize <= size);
  const key = /** @type {LogKey} */ (keys[signedBy]);
  if (!isSignedBy(note, key, what)) wrong(`${what} is not signed by key ${signedBy}, whose turn it is`);
  return { size, root, signedBy, cosignedBy: witnesses.filter((witness) => isSignedBy(note, witness, what)) };
}

/**
 * Who trusts a key of the log can trust the keys after it, each of which was signed by the one before; not those before
 * it. Without a key of the auditor's own, everything rests on the first.
 *
 * @typedef {{ key?: string, checkpoint?: string, witnesses: Key[] }} Trust what the auditor brings along
 * @param {LogKey[]} keys @param {Trust} trust @param {number} signedBy number of the key that signed the newest checkpoint
 */
export function checkTrust(keys, trust, signedBy) {
  const first = keys[0]?.text;
  const trusted = keys.findIndex(({ text }) => text === (trust.key ?? first));
  if (trusted < 0) wrong(`the key that you trust is none of this log's, of which the first is ${first}`);
  if (trusted > signedBy) wrong(`the checkpoint is signed by key ${signedBy}; you trust only key ${trusted} and later`);
  if (trust.key)
    say(`ok   keys: yours is key ${trusted} of ${keys.length}, and leads to key ${signedBy}, which signed`);
  else say(`NOTE keys: without --key the first one here was trusted. Compare it with the published one: ${first}`);
}
