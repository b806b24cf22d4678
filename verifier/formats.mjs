/*
 * The formats, each read strictly: hashes and trees (RFC 6962), canonical JSON (RFC 8785), signed notes, checkpoints and
 * cosignatures (C2SP), the leaf of an event and its keys (docs/tamper-evidence.md). What is not as it has to be, throws.
 */
import { isUtf8 } from 'node:buffer';
import { createPublicKey, hash, verify } from 'node:crypto';

/** What is checked is not as it should be. The message says where and how. */
export class Wrong extends Error {}

/** What was given cannot be checked at all. */
export class Unreadable extends Error {}

/** @type {(problem: string) => never} */
export const wrong = (problem) => {
  throw new Wrong(problem);
};

/** @type {(bytes: Buffer, name: string) => string} */
export const utf8 = (bytes, name) => (isUtf8(bytes) ? bytes.toString() : wrong(`${name} is not UTF-8`));

/** What comes from outside may hold what moves a terminal's cursor: it is shown without. @type {(text: string) => void} */
export const say = (text) => console.log(text.replace(/\p{C}/gu, '?'));

/** @type {(position: number, id: string) => string} */
export const place = (position, id) => `the event at position ${position} (${id})`;

// Trees (RFC 6962, 2.1)

/** @type {(bytes: string | Buffer) => Buffer} */
export const sha256 = (bytes) => hash('sha256', bytes, 'buffer');

/** @type {(entry: string | Buffer) => Buffer} */
export const leafHash = (entry) => sha256(Buffer.concat([Buffer.of(0), Buffer.from(entry)]));

/** @type {(left: Buffer, right: Buffer) => Buffer} */
const nodeHash = (left, right) => sha256(Buffer.concat([Buffer.of(1), left, right]));

/**
 * A tree to which leaves are added one after the other. It keeps only the roots of the full subtrees on its left, the
 * largest first: one for each bit that is set in its size.
 */
export class Tree {
  size = 0;
  /** @type {Buffer[]} */
  #peaks = [];

  /**
   * @param {Buffer} leaf its hash
   * @param {(height: number, index: number, hash: Buffer) => void} [onNode] is told each node that is now final
   */
  add(leaf, onNode) {
    let node = leaf;
    let index = this.size;
    onNode?.(0, index, node);
    for (let height = 1; index % 2 === 1; height++) {
      node = nodeHash(/** @type {Buffer} */ (this.#peaks.pop()), node);
      index = (index - 1) / 2;
      onNode?.(height, index, node);
    }
    this.#peaks.push(node);
    this.size++;
  }

  root() {
    return this.#peaks.length === 0 ? sha256('') : this.#peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}

/**
 * The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), or nothing where it has too many or too few hashes.
 *
 * @param {{ index: number, size: number, leaf: Buffer, proof: Buffer[] }} claim
 */
export function rootByProof({ index, size, leaf, proof }) {
  let [node, last, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (node % 2 === 0 && node !== last) {
      root = nodeHash(root, sibling);
    } else {
      root = nodeHash(sibling, root);
      // The last node of a level may have no sibling: then it is its own parent.
      for (; node % 2 === 0 && node !== 0; node /= 2) last = Math.floor(last / 2);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : undefined;
}

// Canonical JSON (RFC 8785)

/**
 * Members in the order of their UTF-16 code units, which is how sort() compares; strings and numbers as ECMAScript
 * writes them (RFC 8785, 3.2). Half a surrogate pair is no text (3.2.2.2).
 *
 * @type {(value: any) => string}
 */
export function canonical(value) {
  if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('half a surrogate pair');
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonical(name)}:${canonical(value[name])}`).join()}}`;
}

/** @type {(value: any) => boolean} */
function isInOrder(value) {
  if (value === null || typeof value !== 'object') return true;
  const names = Array.isArray(value) ? [] : Object.keys(value);
  return (
    names.every((name, index) => index === 0 || String(names[index - 1]) < name) &&
    Object.values(value).every(isInOrder)
  );
}

/**
 * The value of a text that is the RFC 8785 text of it: a member that is there twice or a number too long for a double
 * reads as something else than it says, and so does not come out the same.
 *
 * @type {(text: string, name: string) => any}
 */
export function parseCanonical(text, name) {
  try {
    const value = JSON.parse(text);
    // Written by ECMAScript, a text whose members are in order already comes out the same: much the faster way to know.
    if (JSON.stringify(value) === text && !text.includes('\\ud') && isInOrder(value)) return value;
    if (canonical(value) === text) return value;
  } catch {
    // No JSON, or nested too deep to be written again.
  }
  return wrong(`${name} is not RFC 8785 text`);
}

/** The hash in a leaf: SHA-256(salt ‖ text). @type {(salt: Buffer, text: string) => string} */
export const saltedHash = (salt, text) => hash('sha256', Buffer.concat([salt, Buffer.from(text)]));

// The leaf of an event

export const PARTS = /** @type {const} */ (['data', 'remarks', 'meta']);
const HASH = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** @type {Record<string, (value: any) => boolean>} */
const LEAF = {
  actor: (value) => typeof value === 'string',
  data: (value) => HASH.test(value),
  id: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  meta: (value) => HASH.test(value),
  occurredAt: (value) => TIME.test(value),
  recordedAt: (value) => TIME.test(value),
  remarks: (value) => HASH.test(value),
  revision: (value) => Number.isSafeInteger(value) && value >= 0,
  stream: (value) => typeof value === 'string' && value !== '',
  type: (value) => /^\w+\.v\d+$/.test(value),
  v: (value) => value === 1,
};
const LEAF_MEMBERS = Object.keys(LEAF).join();

/**
 * @typedef {{ actor: string, data: string, id: string, meta: string, occurredAt: string, recordedAt: string,
 *   remarks: string, revision: number, stream: string, type: string, v: 1 }} Leaf
 * @type {(leaf: any, where: string) => Leaf}
 */
export function checkLeaf(leaf, where) {
  if (Object.keys(leaf ?? {}).join() !== LEAF_MEMBERS) wrong(`${where}: its leaf has other members than the eleven`);
  for (const name in LEAF) if (!LEAF[name]?.(leaf[name])) wrong(`${where}: ${name} is not what it has to be`);
  return leaf;
}

// Signed notes, verifier keys, checkpoints, cosignatures (C2SP)

const ED25519 = 0x01;
const COSIGNATURE = 0x04;
/** What stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo (RFC 8410, 4). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** @type {(text: string) => Buffer | undefined} */
function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** @type {(text: string) => number} */
const decimal = (text) => (/^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : NaN);

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
 * @typedef {Key & { fromSize: number }} LogKey
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
    const fromSize = decimal(note.text.split('\n')[2] ?? '');
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
 * @typedef {{ size: number, root: Buffer, signedBy: number, cosignedBy: Key[] }} Checkpoint
 * @param {string} text
 * @param {Log} log
 * @param {string} what
 * @returns {Checkpoint}
 */
export function openCheckpoint(text, { origin, keys, witnesses }, what) {
  const note = parseNote(text, what);
  const [name, sizeText = '', rootText = '', ...rest] = note.text.split('\n');
  const [size, root] = [decimal(sizeText), base64(rootText)];
  if (rest.join() !== '' || rest.length !== 1 || Number.isNaN(size) || root?.length !== 32) {
    return wrong(`${what} has not the three lines of a checkpoint`);
  }
  if (name !== origin) wrong(`${what} is of the log ${name}, not of ${origin}`);
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
