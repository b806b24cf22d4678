import { describe, expect, it } from '@jest/globals';
import { strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyPackage } from '../../../src/ledger/verify/package/verify.js';
import { readZip } from '../../../src/ledger/verify/package/zip.js';
import { makePackage, zipped } from './evidence.js';

const MEMBERS = { 'index.html': strToU8('page '.repeat(200)), leaves: strToU8('leaf\n'), größe: strToU8('') };
const END_BYTES = 22;
const good = Buffer.from(zipSync(MEMBERS));
const directoryOf = (zip: Buffer) => zip.readUInt32LE(zip.length - END_BYTES + 16);

/** As a server writes it that does not know the sizes beforehand: they follow the data. */
function streamed(): Buffer {
  const parts: Uint8Array[] = [];
  const zip = new Zip((_, bytes) => parts.push(bytes));
  for (const [name, bytes] of Object.entries(MEMBERS)) {
    const member = new ZipDeflate(name);
    zip.add(member);
    member.push(bytes, true);
  }
  zip.end();
  return Buffer.concat(parts);
}

/** The file with some of its bytes set, from a place on. */
function patched(zip: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(zip);
  copy.set(bytes, at);
  return copy;
}

/** With something before the end, which may be another one. */
function tail(change: (end: Buffer) => void, more = Buffer.alloc(0)): Buffer {
  const end = Buffer.from(good.subarray(-END_BYTES));
  change(end);
  return Buffer.concat([good.subarray(0, -END_BYTES), more, end]);
}

const withName = (from: string, to: string): Buffer =>
  Buffer.from(good.toString('latin1').replaceAll(from, to), 'latin1');

/** Where the entry of the second member stands in the directory. */
const second = (): number => directoryOf(good) + 46 + good.readUInt16LE(directoryOf(good) + 28);

describe('a ZIP file', () => {
  it.each([
    ['deflated', good],
    ['stored', Buffer.from(zipSync(MEMBERS, { level: 0 }))],
    ['with their sizes after them', streamed()],
  ])('is read with its members %s', (_, zip) => {
    expect(readZip(zip)).toEqual(new Map(Object.entries(MEMBERS).map(([name, bytes]) => [name, Buffer.from(bytes)])));
  });

  it.each([
    ['text', Buffer.from('these are notes, and nothing that was zipped')],
    ['nothing', Buffer.alloc(0)],
    ['one that was cut off', good.subarray(0, -1)],
    ['one with something after it', Buffer.concat([good, Buffer.of(0)])],
    ['one with a comment', Buffer.concat([patched(good, good.length - 2, 1), Buffer.of(65)])],
  ])('is none: %s', (_, zip) => {
    expect(() => readZip(zip)).toThrow(
      expect.objectContaining({ code: 'malformed-package', message: expect.stringMatching('no ZIP file') as unknown }),
    );
  });

  it.each<[string, Buffer, string]>([
    ['something before it', Buffer.concat([Buffer.of(0), good]), 'end that does not describe'],
    ['something after its members', tail(() => undefined, Buffer.of(0)), 'end that does not describe'],
    [
      'a comment that looks like an end',
      Buffer.concat([patched(good, good.length - 2, 22), good.subarray(-22)]),
      'end that',
    ],
    ['a second disk', tail((end) => (end[4] = 1)), 'end that does not describe'],
    ['more entries than there are', tail((end) => (end[8] = end[10] = 4)), 'an entry in its directory that is none'],
    ['fewer entries than there are', tail((end) => (end[8] = end[10] = 2)), 'something after its directory'],
    ['the lengths of ZIP64', patched(good, directoryOf(good) + 20, ...Buffer.alloc(8, 0xff)), 'unpacks to more than'],
    ['an entry that is none', patched(good, directoryOf(good), 0), 'an entry in its directory that is none'],
    ['an entry with a comment', patched(good, directoryOf(good) + 32, 1), 'has a comment'],
    ['a header that is none', patched(good, 0, 0), '"index.html" has a header of its own'],
    ['another name in the header', patched(good, 30, 120), '"index.html" has a header of its own'],
    ['another method in the header', patched(good, 8, 0), '"index.html" has a header of its own'],
    ['another sum in the header', patched(good, 14, 1, 2, 3, 4), '"index.html" has a header of its own'],
    ['an unknown method', patched(good, directoryOf(good) + 10, 12), '"index.html" is packed in an unknown way'],
    ['an encrypted member', patched(good, directoryOf(good) + 8, 1), '"index.html" is packed in an unknown way'],
    ['overlapping members', patched(good, second() + 42, 0, 0, 0, 0), '"leaves" does not begin where'],
    ['a member beyond the end', patched(good, second() + 42, 255, 255, 255, 7), '"leaves" does not begin where'],
    ['a header that leads beyond the end', patched(good, 28, 255, 255), '"index.html" reaches into the directory'],
    ['damaged data', patched(good, 42, 255, 255, 255), '"index.html" is damaged'],
    [
      'other sizes after the data',
      patched(streamed(), streamed().indexOf('PK\x07\x08') + 4, 1, 2),
      'other sizes after',
    ],
    [
      'one name twice',
      Buffer.from(zipSync({ aa: strToU8('1'), bb: strToU8('2') }).map((byte) => (byte === 98 ? 97 : byte))),
      'two members "aa"',
    ],
    ['a name that is not UTF-8', withName('leaves', 'l\xffaves'), 'a name that is not UTF-8'],
    ['a bomb', Buffer.from(zipSync({ leaves: new Uint8Array(50_000_000) })), '"leaves" unpacks to far more than it is'],
    [
      'many members',
      Buffer.from(zipSync(Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`${n}`, strToU8('1')])))),
      'more than 1000 members',
    ],
  ])('is damaged: %s', (_, zip, message) => {
    expect(() => readZip(zip)).toThrow(
      expect.objectContaining({ code: 'damaged-package', message: expect.stringContaining(message) as unknown }),
    );
  });

  it('whose CRC-32 alone is another one is damaged', () => {
    const crc = Buffer.from(good.subarray(14, 18)).map((byte) => byte ^ 1);
    const zip = patched(patched(good, 14, ...crc), directoryOf(good) + 16, ...crc);
    expect(() => readZip(zip)).toThrow('"index.html" is damaged: it has another length or CRC-32');
  });

  it('may be small and pack very well', () => {
    expect(readZip(Buffer.from(zipSync({ 'events.ndjson': new Uint8Array(60_000) }))).size).toBe(1);
  });
});

describe('a package of which a bit is another one', () => {
  it('is wrong, and names the member', async () => {
    const zip = zipped(makePackage().members);
    const at = zip.indexOf('leaves.ndjson') + 40;
    const plan = { trusted: [], kept: undefined, quorum: { witnesses: [], least: 0 }, onProgress: () => undefined };
    const verified = await verifyPackage({
      ...plan,
      zip: patched(zip, at, (zip[at] ?? 0) ^ 1),
      findings: new Findings(),
    });
    expect(verified.checks.flatMap(({ findings }) => findings)).toEqual([
      { check: 'members', code: 'wrong-member', what: expect.stringMatching(/^ZIP: "leaves\.ndjson" is damaged/) },
    ]);
  });
});
