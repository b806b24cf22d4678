import { canonicalize } from 'json-canonicalize';

/** Deeper texts are left to the parser: nothing that Cairn writes is. */
const DEPTH_MAX = 32;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whole numbers of so many digits are written by ECMAScript as they stand. */
const DIGITS_MAX = 15;

/** Whether a text is the RFC 8785 form of the JSON value that it is of. */
export function isCanonical(text: string): boolean {
  return isPlainlyCanonical(text) || isItsOwnForm(text);
}

/** ECMAScript escapes half a character, which RFC 8785, 3.2.2.2 forbids; a whole one it writes as it is. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** By definition. */
function isItsOwnForm(text: string): boolean {
  try {
    return text.isWellFormed() && !LONE_SURROGATE.test(text) && canonicalize(JSON.parse(text)) === text;
  } catch {
    // No JSON, or nested so deeply that nobody can fold it.
    return false;
  }
}

/**
 * Sees of most texts that they are canonical in one pass and without making the value: every text of every event comes
 * by here. It answers no for whatever it does not know, such as escapes, fractions and keys outside ASCII.
 */
function isPlainlyCanonical(text: string): boolean {
  const keys: string[] = [];
  const isObject: boolean[] = [];
  let at = 0;
  for (;;) {
    // A value, or the end of what has none.
    const code = text.charCodeAt(at);
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      at += 1;
      if (text.charCodeAt(at) === code + 2) at += 1;
      else {
        if (isObject.length === DEPTH_MAX) return false;
        isObject.push(code === OPEN_OBJECT);
        keys.push('');
        if (code === OPEN_LIST) continue;
        at = keyEnd(text, at, keys, true);
        if (at < 0) return false;
        continue;
      }
    } else {
      at = scalarEnd(text, at, code);
      if (at < 0) return false;
    }
    // What follows a value: the ends of what it is in, then the next one.
    for (; isObject.length > 0; at += 1) {
      const next = text.charCodeAt(at);
      if (next === COMMA) break;
      if (next !== (isObject.at(-1) ? CLOSE_OBJECT : CLOSE_LIST)) return false;
      isObject.pop();
      keys.pop();
    }
    if (isObject.length === 0) return at === text.length;
    at += 1;
    if (!isObject.at(-1)) continue;
    at = keyEnd(text, at, keys, false);
    if (at < 0) return false;
  }
}

/** Where the value of a key begins, -1 for a key that is not known to stand where it must. */
function keyEnd(text: string, at: number, keys: string[], isFirst: boolean): number {
  const end = text.charCodeAt(at) === QUOTE ? stringEnd(text, at, 0x7f) : -1;
  if (end < 0 || text.charCodeAt(end) !== COLON) return -1;
  const key = text.slice(at + 1, end - 1);
  // RFC 8785, 3.2.3: sorted by UTF-16 code units, as ECMAScript compares strings.
  if (!isFirst && key <= (keys.at(-1) as string)) return -1;
  keys[keys.length - 1] = key;
  return end + 1;
}

function scalarEnd(text: string, at: number, code: number): number {
  if (code === QUOTE) return stringEnd(text, at, 0xd7ff);
  if (code >= ZERO && code <= NINE) return numberEnd(text, at, code);
  const digit = text.charCodeAt(at + 1);
  // Minus zero is written as zero.
  if (code === MINUS && digit > ZERO && digit <= NINE) return numberEnd(text, at + 1, digit);
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return at + word.length;
  return -1;
}

/** After the closing quote of a string without escapes and without code units above `max`. */
function stringEnd(text: string, at: number, max: number): number {
  for (let index = at + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    if (code < 0x20 || code === BACKSLASH || code > max) return -1;
  }
  return -1;
}

function numberEnd(text: string, at: number, first: number): number {
  let end = at + 1;
  for (let code = text.charCodeAt(end); code >= ZERO && code <= NINE; code = text.charCodeAt(end)) end += 1;
  if (end - at > DIGITS_MAX || (first === ZERO && end - at > 1)) return -1;
  const next = text.charCodeAt(end);
  // A fraction or an exponent goes on from here, and ends no value.
  return next === COMMA || next === CLOSE_LIST || next === CLOSE_OBJECT || end === text.length ? end : -1;
}
