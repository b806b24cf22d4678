import { LedgerError } from '../errors.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64 } from './base64.js';
import { parseDecimal } from './decimal.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A tree of 2^64 leaves has so many levels. */
const HASHES_MAX = 64;

/** C2SP tlog-proof: that an entry is in the log, checkable without the log. */
export interface TlogProof {
  /** Anything that goes with it; the proof does not cover it. */
  readonly extra?: Buffer;
  readonly index: bigint;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, as a note. */
  readonly checkpoint: string;
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws LedgerError `malformed-proof` */
export function parseTlogProof(text: string): TlogProof {
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed('has no checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw malformed(`does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift()?.slice('extra '.length) ?? '') : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('has no index');
  if (lines.length > HASHES_MAX) throw malformed(`has more than ${HASHES_MAX} hashes`);
  const hashes = lines.map(base64);
  if (hashes.some(({ length }) => length !== HASH_BYTES)) throw malformed('has a hash that is no SHA-256');
  return { ...(extra && { extra }), index, hashes, checkpoint: text.slice(end + 2) };
}

function base64(text: string): Buffer {
  const bytes = decodeBase64(text);
  if (!bytes) throw malformed('has a line that is no base64');
  return bytes;
}

const malformed = (problem: string): LedgerError => new LedgerError('malformed-proof', `The proof ${problem}`);
