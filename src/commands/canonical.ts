import { configure } from 'safe-stable-stringify';

const stringify = configure({ circularValue: Error, strict: true });

/**
 * The RFC 8785 (JCS) text of a JSON value. With its keys sorted by code unit, what JSON.stringify writes is that text:
 * RFC 8785 takes its numbers and strings from ECMAScript. A test holds it against an implementation of the RFC.
 *
 * @throws Error for what JSON cannot say: NaN, a function, a cycle
 */
export function canonicalize(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('there is no canonical JSON of undefined');
  return text;
}
