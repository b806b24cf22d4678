/** Whether the caller asks for a page: `text/html` is named, and no less wanted than JSON. */
export const prefersHtml = (accept: string | undefined): boolean =>
  /\btext\/html\b/i.test(accept ?? '') && preferredType(accept, ['text/html', 'application/json']) === 'text/html';

interface Range {
  readonly type: string;
  readonly quality: number;
}

/** A header that asks for more than this is read so far only. */
const RANGES_MAX = 50;

/**
 * Which of the media types the `Accept` header prefers (RFC 9110, 12.5.1); the first of them where it does not say.
 * Undefined where it takes none.
 */
export function preferredType<Type extends string>(
  accept: string | undefined,
  types: readonly Type[],
): Type | undefined {
  if (accept === undefined || accept.trim() === '') return types[0];
  const ranges = accept.split(',').slice(0, RANGES_MAX).map(rangeOf);
  const rated = types.map((type) => ({ type, quality: qualityOf(type, ranges) }));
  const best = rated.reduce((most, { quality }) => Math.max(most, quality), 0);
  return best === 0 ? undefined : rated.find(({ quality }) => quality === best)?.type;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that covers the type decides. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const found = ranges.find((candidate) => candidate.type === range);
    if (found) return found.quality;
  }
  return 0;
}
