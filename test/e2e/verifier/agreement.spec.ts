import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseSigningKey } from '../../../src/ledger/note/keys.js';
import { EMPTY_ROOT } from '../../../src/ledger/merkle/hash.js';
import { makePackage, ORIGIN, zipped } from '../../contract/verify/evidence.js';
import { makeSealedFolder, tamper, type Sealed } from '../../contract/verify/sealed-folder.js';
import { cairn, temporaryFolder } from '../cli/cairn.js';
import { verify } from './support/run.js';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
const made = makePackage();
const good = zipped(made.members);
let sealed: Sealed;
beforeAll(async () => {
  mkdirSync(data);
  sealed = await makeSealedFolder(data);
});
afterAll(() => folder.remove());

function fileOf(name: string, bytes: Uint8Array | string): string {
  const file = join(folder.path, name);
  writeFileSync(file, bytes);
  return file;
}

/** The exit codes of the two programs, which share no code. */
async function codesOf(path: string, ...more: string[]): Promise<(number | null)[]> {
  const [ours, theirs] = await Promise.all([
    cairn(['verify', ...(path === data ? ['--data', path] : [path]), ...more]),
    verify(path, ...more),
  ]);
  return [ours.code, theirs.code];
}

/** One bit of the data of the leaves. */
function flipped(): Buffer {
  const zip = Buffer.from(good);
  const at = zip.indexOf('leaves.ndjson') + 40;
  return zip.fill((zip[at] ?? 0) ^ 1, at, at + 1);
}

const changed = (name: string, change: (text: string) => string): Buffer =>
  zipped(new Map([...made.members, [name, change(made.members.get(name) ?? '')]]));

it.each<[string, Uint8Array, number]>([
  ['a package', good, 0],
  ['a text', strToU8('these are notes'), 66],
  ['a package that was cut off', good.subarray(0, 900), 66],
  ['a package with something after it', Buffer.concat([good, Buffer.of(10)]), 66],
  ['a package with something before it', Buffer.concat([Buffer.of(10), good]), 1],
  ['a bomb', zipSync({ 'leaves.ndjson': new Uint8Array(50_000_000) }), 1],
  ['a package of which a bit is another one', flipped(), 1],
  ['a key without its last newline', changed('keys/0.vkey', (text) => text.trimEnd()), 1],
  ['a pem with other ends of lines', changed('keys/0.pem', (text) => text.replaceAll('\n', '\r\n')), 1],
  ['a manifest that says one thing twice', changed('manifest.json', (text) => text.replace('{', '{"erased":1,')), 1],
  ['a manifest with a space', changed('manifest.json', (text) => text.replace(':', ': ')), 1],
])('both say the same of %s', async (_, zip, code) => {
  expect(await codesOf(fileOf('case.zip', zip))).toEqual([code, code]);
});

it('both say the same of checkpoints that were kept', async () => {
  const of = (signingKey: string, size: bigint, root = EMPTY_ROOT): string =>
    fileOf('kept', signCheckpoint({ origin: ORIGIN, size, root }, [parseSigningKey(signingKey)]));
  const file = fileOf('case.zip', good);
  expect(await codesOf(file, '--checkpoint', of(made.signingKey, 0n))).toEqual([0, 0]);
  expect(await codesOf(file, '--checkpoint', of(made.signingKey, 0n, Buffer.alloc(32)))).toEqual([1, 1]);
  expect(await codesOf(file, '--checkpoint', of(made.signingKey, 7n))).toEqual([66, 66]);
  const { verifier } = sealed.first;
  const ofFolder = (size: bigint, signer = sealed.first): string =>
    fileOf('kept', signCheckpoint({ origin: verifier.name, size, root: EMPTY_ROOT }, [signer]));
  expect(await codesOf(data, '--checkpoint', ofFolder(0n))).toEqual([0, 0]);
  expect(await codesOf(data, '--checkpoint', ofFolder(2n ** 64n - 1n, sealed.second))).toEqual([1, 1]);
});

it('both say the same of when a checkpoint was signed', async () => {
  tamper(join(data, 'seals.db'), (db) => db.exec(`UPDATE checkpoints SET signed_at = 'noon' WHERE size = 200`));
  expect(await codesOf(data)).toEqual([1, 1]);
});
