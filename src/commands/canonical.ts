import { configure } from 'safe-stable-stringify';

/** How JSON.stringify writes half of a surrogate pair, and nothing else: an even number of backslashes is before it. */
const HALF_A_PAIR = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

const stringify = configure({ circularValue: Error, strict: true });

/**
 * The RFC 8785 (JCS) text of a JSON value. With its keys sorted by code unit, what JSON.stringify writes is that text:
 * RFC 8785 takes its numbers and strings from ECMAScript. A test holds it against an implementation of the RFC.
 *
 * @throws Error for what JSON cannot say: NaN, a function, a cycle, half of a surrogate pair
 */
export function canonicalize(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('there is no canonical JSON of undefined');
  if (text.includes('\\ud') && HALF_A_PAIR.test(text)) {
    throw new TypeError('there is no canonical JSON of half a surrogate pair');
  }
  return text;
}
