import { LedgerError } from '../errors.js';
import { TILE_WIDTH } from './tiles.js';

const LENGTH_BYTES = 2;

/** What fits behind a length of sixteen bits. */
export const ENTRY_BYTES_MAX = 2 ** 16 - 1;

/**
 * C2SP tlog-tiles, "Log entries": the entries of a tile, each with its length before it.
 *
 * @throws RangeError for an entry that is longer than its length can say
 */
export function encodeEntries(entries: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry);
      if (bytes.length > ENTRY_BYTES_MAX) throw new RangeError(`An entry has ${bytes.length} bytes`);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * The `width` entries of a bundle, as many as the tile beside it has hashes.
 *
 * @throws LedgerError `malformed-entries`
 */
export function decodeEntries(bundle: Uint8Array, width: number): Buffer[] {
  if (!(width >= 1 && width <= TILE_WIDTH)) throw new RangeError(`A tile is not ${width} wide`);
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    if (entries.length === width) throw malformed(`has more than its ${width} entries`);
    if (start + LENGTH_BYTES > bytes.length) throw malformed('ends within a length');
    const end = start + LENGTH_BYTES + bytes.readUInt16BE(start);
    if (end > bytes.length) throw malformed('ends within an entry');
    entries.push(bytes.subarray(start + LENGTH_BYTES, end));
    start = end;
  }
  if (entries.length < width) throw malformed(`has ${entries.length} entries, not ${width}`);
  return entries;
}

const malformed = (problem: string): LedgerError => new LedgerError('malformed-entries', `The bundle ${problem}`);
