/** The forms in which the columns of the ledger can hold what somebody typed. Each is looked for as a beginning. */
export interface Terms {
  /** The text itself and, since columns are kept as they were told, in lower and in upper case. */
  readonly text: readonly string[];
  readonly versions: readonly string[];
  readonly refs: readonly string[];
  /** Empty unless it can be the beginning of a digest. */
  readonly digests: readonly string[];
  /** Empty unless it can be the beginning of a UUID. */
  readonly ids: readonly string[];
}

/** A digest or an id is looked for from so many digits on: fewer would be found in everything. */
const FEWEST_DIGITS = 4;

export function termsOf(query: string): Terms {
  const text = [...new Set([query, query.toLowerCase(), query.toUpperCase()])];
  const versions = /^v\d/i.test(query) ? [query, query.slice(1)] : /^\d/.test(query) ? [query, `v${query}`] : [query];
  const refs = query.startsWith('refs/')
    ? [query]
    : [query, ...[...versions, query].map((version) => `refs/tags/${version}`), `refs/heads/${query}`];
  const lower = query.toLowerCase();
  return { text, versions, refs, digests: digestsOf(lower), ids: isStartOfUuid(lower) ? [lower] : [] };
}

function digestsOf(lower: string): string[] {
  const [, algorithm, digits = ''] = /^(?:(sha256|sha512)[:-])?([0-9a-f]+)$/.exec(lower) ?? [];
  if (digits.length < FEWEST_DIGITS) return [];
  return algorithm === undefined ? [`sha256:${digits}`, `sha512:${digits}`] : [`${algorithm}:${digits}`];
}

function isStartOfUuid(lower: string): boolean {
  return (
    /^[0-9a-f-]{4,36}$/.test(lower) &&
    'xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx'.startsWith(lower.replace(/[0-9a-f]/g, 'x'))
  );
}
