import { isUtf8 } from 'node:buffer';
import { countColonsOutsideStrings } from '../../repeated-keys.js';
import { problem } from '../problems/problem.js';

/** How deep a body may be nested. The deepest that the contract knows is 4. */
const DEPTH_MAX = 16;

/** Names that reach an object's prototype in careless code further down. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON from outside, held to what RFC 8785 can write down again: UTF-8, no duplicate keys, no lone surrogates; and
 * without U+0000, which databases and people read differently.
 *
 * @throws HttpProblem `invalid-json`
 */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (bytes.length === 0) throw problem('invalid-json', 'The body is empty. Send a JSON object.');
  if (!isUtf8(bytes)) throw problem('invalid-json', 'The body is not UTF-8.');
  return parseJson(bytes.toString('utf8'));
}

/** {@link parseJsonBytes} for text. */
export function parseJson(text: string): unknown {
  const value = parse(text);
  // Lone surrogates and U+0000 can only come from escapes: the bytes are UTF-8, and raw control characters are no JSON.
  const members = countMembers(value, text.includes('\\u'), 0);
  if (members !== countColonsOutsideStrings(text)) {
    throw problem('invalid-json', 'An object has the same key twice. Which of the two is meant cannot be told.');
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const position = /at position \d+/.exec(said)?.[0];
    const place = position ?? (said.includes('end of JSON') ? 'at its end' : undefined);
    throw problem('invalid-json', `The body is not valid JSON${place ? `: it goes wrong ${place}` : ''}.`);
  }
}

/** Counts the members of all objects and checks depth, keys and (where there are escapes) strings on the way. */
function countMembers(value: unknown, hasEscapes: boolean, depth: number): number {
  if (typeof value === 'string') {
    if (hasEscapes) checkString(value);
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === DEPTH_MAX) throw problem('invalid-json', `The body is nested deeper than ${DEPTH_MAX} levels.`);
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countMembers(item, hasEscapes, depth + 1);
    return members;
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw problem('invalid-json', `The key ${key} is not allowed.`);
    if (hasEscapes) checkString(key);
    members += 1 + countMembers((value as Record<string, unknown>)[key], hasEscapes, depth + 1);
  }
  return members;
}

function checkString(text: string): void {
  if (text.includes('\u0000')) throw problem('invalid-json', 'A string holds U+0000, which is not allowed.');
  if (/\p{Surrogate}/u.test(text))
    throw problem('invalid-json', 'A string holds a lone surrogate, which is no character.');
}
