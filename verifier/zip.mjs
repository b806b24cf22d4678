/*
 * ZIP (PKWARE APPNOTE 6.3.10), read so strictly that two readers cannot see two things in one file: members lie end to
 * end, each says of itself what the directory says of it, and nothing is before, between or after them.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { Unreadable, utf8, wrong } from './formats.mjs';

const SIGNATURES = { end: 0x06054b50, entry: 0x02014b50, local: 0x04034b50, descriptor: 0x08074b50 };
const BYTES = { end: 22, entry: 46, local: 30 };
const [STORED, DEFLATED] = [0, 8];
/** Flags that may be set: how hard it was compressed, sizes after the data, names in UTF-8 (4.4.4). */
const FLAGS = 0b1000_0000_1110;
const SIZES_AFTER_DATA = 0b1000;

export const MAX_BYTES = 2 ** 29;
/** Evidence packs about 10 : 1. What packs far better, and is not small, was made to burst its reader. */
const MAX_RATIO = 200;
const SMALL = 2 ** 20;
const MAX_MEMBERS = 1_000;

/** What reaches beyond the end of the file is a RangeError of Node's. @type {(zip: Buffer) => Map<string, Buffer>} */
export function readZip(zip) {
  const end = zip.length - BYTES.end;
  if (end < 0 || zip.readUInt32LE(end) !== SIGNATURES.end) throw new Unreadable('no ZIP file, or not the whole');
  const [count, directory] = [zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 16)];
  const isOneDisk = zip.readUInt32LE(end + 4) === 0 && zip.readUInt16LE(end + 8) === count;
  const isWhole = directory + zip.readUInt32LE(end + 12) === end && zip.readUInt16LE(end + 20) === 0;
  if (!isOneDisk || !isWhole || count > MAX_MEMBERS) wrong('ZIP: its end does not describe what is before it');
  /** @type {Map<string, Buffer>} */
  const members = new Map();
  let [entryAt, memberAt, total] = [directory, 0, 0];
  for (let number = 0; number < count; number++) {
    const entry = readEntry(zip, entryAt);
    const { name, size, packedSize } = entry;
    if (members.has(name)) wrong(`ZIP: ${name} is there twice`);
    if (entry.memberAt !== memberAt) wrong(`ZIP: ${name} does not begin where the member before it ends`);
    total += size;
    if (total > MAX_BYTES) wrong(`ZIP: unpacked it is more than ${MAX_BYTES} bytes`);
    if (size > SMALL && size > MAX_RATIO * packedSize) wrong(`ZIP: ${name} is packed more than ${MAX_RATIO} : 1`);
    const { dataAt, nextAt } = readLocal(zip, entry);
    if (nextAt > directory) wrong(`ZIP: ${name} reaches into the directory`);
    members.set(name, unpack(zip.subarray(dataAt, dataAt + packedSize), entry));
    [entryAt, memberAt] = [entry.nextAt, nextAt];
  }
  if (memberAt !== directory || entryAt !== end) wrong('ZIP: there is something that is no member');
  return members;
}

/** An entry of the central directory (4.3.12). @param {Buffer} zip @param {number} at */
function readEntry(zip, at) {
  const nameEnd = at + BYTES.entry + zip.readUInt16LE(at + 28);
  const name = utf8(zip.subarray(at + BYTES.entry, nameEnd), 'ZIP: a name');
  const [flags, method] = [zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10)];
  if (zip.readUInt32LE(at) !== SIGNATURES.entry) wrong('ZIP: an entry of the directory is none');
  if (flags & ~FLAGS || (method !== STORED && method !== DEFLATED)) wrong(`ZIP: ${name} is packed in an unknown way`);
  const sums = zip.subarray(at + 16, at + 28);
  const [crc, packedSize, size] = [sums.readUInt32LE(0), sums.readUInt32LE(4), sums.readUInt32LE(8)];
  if (zip.readUInt16LE(at + 32) !== 0) wrong(`ZIP: ${name} has a comment`);
  const nextAt = nameEnd + zip.readUInt16LE(at + 30);
  return { name, flags, method, sums, crc, packedSize, size, memberAt: zip.readUInt32LE(at + 42), nextAt };
}

/**
 * The header before the data (4.3.7) and, where sizes come after them, the descriptor (4.3.9): they have to say what the
 * directory says.
 *
 * @param {Buffer} zip @param {ReturnType<typeof readEntry>} entry
 */
function readLocal(zip, { name, flags, method, sums, memberAt: at, packedSize }) {
  const nameEnd = at + BYTES.local + zip.readUInt16LE(at + 26);
  const dataAt = nameEnd + zip.readUInt16LE(at + 28);
  const ownSums = zip.subarray(at + 14, at + 26);
  const isLater = (flags & SIZES_AFTER_DATA) !== 0 && ownSums.every((byte) => byte === 0);
  const agrees =
    zip.readUInt32LE(at) === SIGNATURES.local &&
    zip.readUInt16LE(at + 6) === flags &&
    zip.readUInt16LE(at + 8) === method &&
    zip.toString('utf8', at + BYTES.local, nameEnd) === name &&
    (isLater || ownSums.equals(sums));
  if (!agrees) wrong(`ZIP: ${name} is another one in the directory`);
  let nextAt = dataAt + packedSize;
  if (flags & SIZES_AFTER_DATA) {
    if (zip.readUInt32LE(nextAt) === SIGNATURES.descriptor) nextAt += 4;
    if (!zip.subarray(nextAt, nextAt + 12).equals(sums)) wrong(`ZIP: ${name} has other sizes after its data`);
    nextAt += 12;
  }
  return { dataAt, nextAt };
}

/** Unpacks all of it, and no more than it should be. @param {Buffer} packed @param {ReturnType<typeof readEntry>} entry */
function unpack(packed, { name, method, size, crc }) {
  const bytes = method === STORED ? packed : inflate(packed, Math.max(size, 1));
  if (bytes?.length === size && crc32(bytes) === crc) return bytes;
  return wrong(`ZIP: ${name} is damaged`);
}

/** @type {(packed: Buffer, maxOutputLength: number) => Buffer | undefined} */
function inflate(packed, maxOutputLength) {
  try {
    const { buffer, engine } = /** @type {any} */ (inflateRawSync(packed, { maxOutputLength, info: true }));
    return engine.bytesWritten === packed.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}
