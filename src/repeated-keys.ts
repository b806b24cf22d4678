/**
 * Whether an object somewhere in a JSON text has a key twice. `JSON.parse` keeps the last of them, others the first, so
 * that two who read the same text read another thing.
 *
 * @param value what the text was parsed to
 */
export const hasRepeatedKeys = (text: string, value: unknown): boolean =>
  membersIn(value) !== countColonsOutsideStrings(text);

/** Members of all objects. Without recursion, since nothing bounds how deep it is. */
function membersIn(value: unknown): number {
  let members = 0;
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner: unknown[] = Object.values(next);
    if (!Array.isArray(next)) members += inner.length;
    for (const one of inner) left.push(one);
  }
  return members;
}

const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/** As many colons as the text has members: in valid JSON no other colon stands outside a string. */
export function countColonsOutsideStrings(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) colons++;
    else if (code === QUOTE) at = endOfString(text, at + 1);
  }
  return colons;
}

function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
