/*
 * What all are made of, each read strictly: hashes and trees (RFC 6962), canonical JSON (RFC 8785) and the leaf of an event
 * (docs/tamper-evidence.md). What is not as it has to be, throws.
 */
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';

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

/** @type {(count: number, one: string, several?: string) => string} */
export const counted = (count, one, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;

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

/** RFC 3339 in UTC with milliseconds, on a day that there was. @type {(text: any) => boolean} */
export const isTime = (text) =>
  TIME.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;

/** @type {Record<string, (value: any) => boolean>} */
const LEAF = {
  actor: (value) => typeof value === 'string',
  data: (value) => HASH.test(value),
  id: (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  meta: (value) => HASH.test(value),
  occurredAt: isTime,
  recordedAt: isTime,
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
