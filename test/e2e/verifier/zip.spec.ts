import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { makeLedger } from './support/ledger.js';
import { makePackage, withSums, zipOf, type Members } from './support/package.js';
import { verify } from './support/run.js';

let members: Members;
let good: Buffer;
let home: string;
beforeAll(async () => {
  const ledger = await makeLedger();
  home = await mkdtemp(join(tmpdir(), 'cairn-verifier-zip-'));
  members = makePackage(ledger);
  good = zipOf(members);
  await rm(ledger.folder, { recursive: true });
});
afterAll(() => rm(home, { recursive: true }));

async function verdictOf(zip: Uint8Array) {
  const file = join(await mkdtemp(join(home, 'case-')), 'evidence.zip');
  await writeFile(file, zip);
  return verify(file);
}

const bytesOf = (content: Members) =>
  Object.fromEntries(Object.entries(content).map(([name, text]) => [name, strToU8(text)]));

/** As a server writes it that does not know the sizes beforehand: they follow the data. */
function streamed(): Buffer {
  const parts: Uint8Array[] = [];
  const zip = new Zip((_, bytes) => parts.push(bytes));
  for (const [name, text] of Object.entries(members)) {
    const member = new ZipDeflate(name);
    zip.add(member);
    member.push(strToU8(text), true);
  }
  zip.end();
  return Buffer.concat(parts);
}

const END_BYTES = 22;
const directoryOf = (zip: Buffer) => zip.readUInt32LE(zip.length - END_BYTES + 16);
/** The file with some of its bytes set, from a place on. */
function patched(zip: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(zip);
  copy.set(bytes, at);
  return copy;
}

describe('a ZIP file', () => {
  it('is read whether its members are deflated, stored, or written with their sizes after them', async () => {
    for (const zip of [good, Buffer.from(zipSync(bytesOf(members), { level: 0 })), streamed()]) {
      expect(await verdictOf(zip)).toMatchObject({ code: 0 });
    }
  });
});

describe('a ZIP file is refused', () => {
  const second = () => directoryOf(good) + 46 + good.readUInt16LE(directoryOf(good) + 28);
  const tail = (zip: Buffer, change: (end: Buffer) => void, more = Buffer.alloc(0)) => {
    const end = Buffer.from(zip.subarray(-END_BYTES));
    change(end);
    return Buffer.concat([zip.subarray(0, -END_BYTES), more, end]);
  };
  const withName = (from: string, to: string) => {
    const zip = Buffer.from(good);
    for (let at = zip.indexOf(from); at >= 0; at = zip.indexOf(from, at + 1)) zip.write(to, at, 'latin1');
    return zip;
  };
  const streamedBroken = () => {
    const zip = streamed();
    const descriptor = zip.indexOf(Buffer.from('504b0708', 'hex'));
    return patched(zip, descriptor + 4, 1, 2, 3, 4);
  };

  it.each<[string, () => Buffer, string]>([
    ['something before it', () => Buffer.concat([Buffer.of(0), good]), 'its end does not describe'],
    ['something after its members', () => tail(good, () => undefined, Buffer.of(0)), 'its end does not describe'],
    [
      'a comment',
      () => Buffer.concat([patched(good, good.length - 2, END_BYTES), good.subarray(-END_BYTES)]),
      'its end does not describe',
    ],
    [
      'more entries than there are',
      () => tail(good, (end) => (end[8] = end[10] = 13)),
      'out of range|is none|no member',
    ],
    [
      'fewer entries than there are',
      () => tail(good, (end) => (end[8] = end[10] = 11)),
      'something that is no member|does not begin',
    ],
    ['a second disk', () => tail(good, (end) => (end[4] = 1)), 'its end does not describe'],
    ['an entry that is none', () => patched(good, directoryOf(good), 0), 'an entry of the directory is none'],
    ['a header that is none', () => patched(good, 0, 0), 'index.html is another one in the directory'],
    ['another name in the header', () => patched(good, 30, 120), 'index.html is another one in the directory'],
    ['another method in the header', () => patched(good, 8, 0), 'index.html is another one in the directory'],
    ['another sum in the header', () => patched(good, 14, 1, 2, 3, 4), 'index.html is another one in the directory'],
    ['an unknown method', () => patched(good, directoryOf(good) + 10, 12), 'packed in an unknown way'],
    ['an encrypted member', () => patched(good, directoryOf(good) + 8, 1), 'packed in an unknown way'],
    [
      'overlapping members',
      () => patched(good, second() + 42, 0, 0, 0, 0),
      'does not begin where the member before it ends',
    ],
    [
      'a member beyond the end',
      () => patched(good, directoryOf(good) + 20, 255, 255, 255, 7),
      'index.html is another one|reaches',
    ],
    ['an entry with a comment', () => patched(good, directoryOf(good) + 32, 1), 'index.html has a comment'],
    ['damaged data', () => patched(good, 40, 255, 255, 255), 'index.html is damaged'],
    ['other sizes after the data', streamedBroken, 'has other sizes after its data'],
    ['two members of one name', () => withName('keys/1.vkey', 'keys/0.vkey'), 'keys/0.vkey is there twice'],
    ['a path upwards', () => withName('keys/1.vkey', '../../.vkey'), '../../.vkey is no member of a package'],
    ['an absolute path', () => withName('keys/1.vkey', '/etc/1.vkey'), '/etc/1.vkey is no member of a package'],
    ['a name that is not UTF-8', () => withName('keys/1.vkey', 'keys/\xff.vkey'), 'a name is not UTF-8'],
    ['a name that moves the cursor', () => withName('keys/1.vkey', 'keys\x1b[A.vkey'), 'keys\\?\\[A'],
    ['a bomb', () => Buffer.from(zipSync({ 'index.html': new Uint8Array(4 << 20) })), 'is packed more than 200 : 1'],
  ])('for %s', async (_, zip, expected) => {
    const { code, verdict } = await verdictOf(zip());
    expect(verdict).toMatch(new RegExp(`^WRONG: .*(${expected})`));
    expect(code).toBe(1);
  });

  it('not for a small member that packs very well', async () => {
    const page = `${'x'.repeat(60_000)}\n`;
    expect(await verdictOf(zipOf(withSums({ ...members, 'index.html': page })))).toMatchObject({ code: 0 });
  });

  it('for being cut off', async () => {
    for (const length of [0, 21, 1_000, good.length - 1]) {
      expect(await verdictOf(good.subarray(0, length))).toMatchObject({ code: 66 });
    }
  });

  it('whichever of its bytes is another one, unless nothing reads it', async () => {
    // Versions, times and attributes are for those who unpack it; a byte of the rest is found by the rest.
    const step = Math.ceil(good.length / 40);
    for (let at = 50; at < directoryOf(good); at += step) {
      const { code, verdict } = await verdictOf(patched(good, at, (good[at] ?? 0) ^ 1));
      if (code === 0) expect(verdict).toBe('FINE: nothing wrong was found.');
      else expect(code).toBe(1);
    }
  });
});
