import { isUtf8 } from 'node:buffer';
import { crc32, inflateRawSync } from 'node:zlib';
import { LedgerError } from '../../errors.js';

/** PKWARE APPNOTE 6.3.10, in the order of 4.3.16, 4.3.12, 4.3.7 and 4.3.9. */
const SIGNATURES = { end: 0x06054b50, entry: 0x02014b50, header: 0x04034b50, descriptor: 0x08074b50 };
/** Without what has a length of its own; the descriptor without its signature, which may be left out. */
const BYTES = { end: 22, entry: 46, header: 30, descriptor: 12 };
const STORED = 0;
const DEFLATED = 8;
/** How hard it was compressed, sizes after the data, and a name in UTF-8 (4.4.4): nothing else may be set. */
const FLAGS = 0x080e;
const SIZES_FOLLOW = 0x0008;

/** A package of a hundred thousand events has some 400 MB. */
const TOTAL_BYTES_MAX = 2 ** 30;
/** Three a key, and eight others. */
const MEMBERS_MAX = 1_000;
/** What the lines of a package are packed to is a tenth; less than a two-hundredth is made to fill a memory. */
const RATIO_MAX = 200;
const SMALL_BYTES = 2 ** 20;

/** What the directory says of a member. */
interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** CRC-32 and the two lengths as they stand, to be compared with where they stand once more. */
  readonly sums: Buffer;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly offset: number;
}

/**
 * Unpacks a ZIP file in memory, so strictly that no other reader sees something else in it: its members lie end to end
 * from its first byte to the directory, and each says of itself what the directory says of it.
 *
 * @throws LedgerError `malformed-package` for what does not end as a ZIP file does, `damaged-package` for one that is not
 *   as it must be
 */
export function readZip(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - BYTES.end;
  if (end < 0 || zip.readUInt32LE(end) !== SIGNATURES.end)
    throw new LedgerError('malformed-package', 'The package is no ZIP file, or not the whole of one');
  try {
    const directory = zip.readUInt32LE(end + 16);
    const entries = readDirectory(zip, directory, end);
    checkBounds(entries);
    const members = new Map<string, Buffer>();
    let at = 0;
    for (const entry of entries) {
      if (entry.offset !== at) throw damaged(`${shown(entry)} does not begin where the one before it ends`);
      const from = dataOf(zip, entry);
      at = endOf(zip, entry, from + entry.packedBytes);
      if (at > directory) throw damaged(`${shown(entry)} reaches into the directory`);
      members.set(entry.name, unpacked(zip.subarray(from, from + entry.packedBytes), entry));
    }
    if (at !== directory) throw damaged('the package has something before its directory that is no member');
    return members;
  } catch (error) {
    // A length or a place that leads beyond the end is found by Node, when it is asked for what is there.
    if (error instanceof RangeError)
      throw damaged('the package has a length that leads beyond its end', { cause: error });
    throw error;
  }
}

function readDirectory(zip: Buffer, directory: number, end: number): Entry[] {
  const [count, bytes] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 12)];
  const isOneDisk = zip.readUInt32LE(end + 4) === 0 && zip.readUInt16LE(end + 8) === count;
  if (!isOneDisk || directory + bytes !== end || zip.readUInt16LE(end + 20) !== 0)
    throw damaged('the package has an end that does not describe what is before it');
  if (count > MEMBERS_MAX) throw damaged(`the package has more than ${MEMBERS_MAX} members`);
  const entries: Entry[] = [];
  let at = directory;
  while (entries.length < count) {
    if (zip.readUInt32LE(at) !== SIGNATURES.entry)
      throw damaged('the package has an entry in its directory that is none');
    const nameEnd = at + BYTES.entry + zip.readUInt16LE(at + 28);
    const sums = zip.subarray(at + 16, at + 28);
    entries.push({
      ...{ name: nameIn(zip.subarray(at + BYTES.entry, nameEnd)), sums, offset: zip.readUInt32LE(at + 42) },
      ...{ flags: zip.readUInt16LE(at + 8), method: zip.readUInt16LE(at + 10) },
      ...{ crc: sums.readUInt32LE(0), packedBytes: sums.readUInt32LE(4), bytes: sums.readUInt32LE(8) },
    });
    if (zip.readUInt16LE(at + 32) !== 0) throw damaged('the package has a comment');
    at = nameEnd + zip.readUInt16LE(at + 30);
  }
  if (at !== end) throw damaged('the package has something after its directory');
  return entries;
}

/** Before anything is unpacked. */
function checkBounds(entries: readonly Entry[]): void {
  const names = new Set<string>();
  let total = 0;
  for (const entry of entries) {
    const { name, flags, method, packedBytes, bytes } = entry;
    if (names.has(name)) throw damaged(`the package has two members ${JSON.stringify(name)}`);
    names.add(name);
    if ((flags & ~FLAGS) !== 0 || (method !== STORED && method !== DEFLATED))
      throw damaged(`${shown(entry)} is packed in an unknown way`);
    total += bytes;
    if (total > TOTAL_BYTES_MAX) throw damaged(`the package unpacks to more than ${TOTAL_BYTES_MAX} bytes`);
    if (bytes > SMALL_BYTES && bytes > packedBytes * RATIO_MAX)
      throw damaged(`${shown(entry)} unpacks to far more than it is`);
  }
}

/** Where the data of a member begin: after a header of its own, which has to say what the directory says. */
function dataOf(zip: Buffer, entry: Entry): number {
  const { name, flags, method, sums, offset } = entry;
  const nameAt = offset + BYTES.header;
  const nameEnd = nameAt + zip.readUInt16LE(offset + 26);
  const own = zip.subarray(offset + 14, offset + 26);
  const isLeftOut = (flags & SIZES_FOLLOW) !== 0 && own.every((byte) => byte === 0);
  const isSame =
    zip.readUInt32LE(offset) === SIGNATURES.header &&
    zip.readUInt16LE(offset + 6) === flags &&
    zip.readUInt16LE(offset + 8) === method &&
    zip.subarray(nameAt, nameEnd).equals(Buffer.from(name)) &&
    (isLeftOut || own.equals(sums));
  if (!isSame) throw damaged(`${shown(entry)} has a header of its own that says something else than the directory`);
  return nameEnd + zip.readUInt16LE(offset + 28);
}

/** Where a member ends whose data end here: its sizes may follow, with a signature or without. */
function endOf(zip: Buffer, entry: Entry, dataEnd: number): number {
  if ((entry.flags & SIZES_FOLLOW) === 0) return dataEnd;
  const at = zip.readUInt32LE(dataEnd) === SIGNATURES.descriptor ? dataEnd + 4 : dataEnd;
  if (!zip.subarray(at, at + BYTES.descriptor).equals(entry.sums))
    throw damaged(`${shown(entry)} has other sizes after its data than in the directory`);
  return at + BYTES.descriptor;
}

function unpacked(packed: Buffer, entry: Entry): Buffer {
  const bytes = entry.method === STORED ? packed : inflated(packed, entry);
  if (bytes.length === entry.bytes && crc32(bytes) === entry.crc) return bytes;
  throw damaged(`${shown(entry)} is damaged: it has another length or CRC-32 than the directory says`);
}

function inflated(packed: Buffer, entry: Entry): Buffer {
  try {
    const options = { maxOutputLength: Math.max(entry.bytes, 1), info: true };
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as Inflated;
    if (engine.bytesWritten === packed.length) return buffer;
  } catch (cause) {
    throw damaged(`${shown(entry)} is damaged: it cannot be unpacked`, { cause });
  }
  throw damaged(`${shown(entry)} has something after its data`);
}

/** What Node answers where `info` is asked for, which its types do not know. */
interface Inflated {
  readonly buffer: Buffer;
  /** How much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

function nameIn(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw damaged('the package has a name that is not UTF-8');
  return bytes.toString();
}

const shown = ({ name }: Entry): string => JSON.stringify(name);

const damaged = (problem: string, options?: ErrorOptions): LedgerError =>
  new LedgerError('damaged-package', `ZIP: ${problem}`, options);
