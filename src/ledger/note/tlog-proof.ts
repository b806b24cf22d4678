import { LedgerError, part } from '../errors.js';
import { HASH_BYTES } from '../merkle/hash.js';
import { decodeBase64 } from './base64.js';
import { parseCheckpointText } from './checkpoint.js';
import { parseDecimal } from './decimal.js';
import { decodeText, parseNote } from './signed-note.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A tree of 2^64 leaves has so many levels. */
const HASHES_MAX = 64;

/** C2SP tlog-proof: that an entry is in the log, checkable without the log. */
export interface TlogProof {
  /** Anything that goes with it; the proof does not cover it. Absent where there is none. */
  readonly extra?: Buffer;
  readonly index: bigint;
  readonly hashes: readonly Buffer[];
  /** The signed checkpoint, as a note. */
  readonly checkpoint: string;
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra?.length ? [`extra ${extra.toString('base64')}`] : []),
    `index ${index}`,
    ...hashes.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * The form of a proof, its checkpoint's included; what it says is for `openCheckpoint` and `verifyInclusion` to find.
 *
 * @throws LedgerError `malformed-proof`
 */
export function parseTlogProof(proof: string | Uint8Array): TlogProof {
  const text = part(
    () => decodeText(proof),
    (options) => malformed('is no text', options),
  );
  const end = text.indexOf('\n\n');
  if (end < 0) throw malformed('has no checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw malformed(`does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift()?.slice('extra '.length) ?? '') : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) throw malformed('has no index');
  if (lines.length > HASHES_MAX) throw malformed(`has more than ${HASHES_MAX} hashes`);
  if (extra?.length === 0) throw malformed('has an extra line without anything in it');
  const checkpoint = text.slice(end + 2);
  part(
    () => parseCheckpointText(parseNote(checkpoint).text),
    (options) => malformed('has a malformed checkpoint', options),
  );
  const hashes = lines.map(base64);
  if (hashes.some(({ length }) => length !== HASH_BYTES)) throw malformed('has a hash that is no SHA-256');
  return { ...(extra && { extra }), index, hashes, checkpoint };
}

function base64(text: string): Buffer {
  const bytes = decodeBase64(text);
  if (!bytes) throw malformed('has a line that is no base64');
  return bytes;
}

const malformed = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('malformed-proof', `The proof ${problem}`, options);
