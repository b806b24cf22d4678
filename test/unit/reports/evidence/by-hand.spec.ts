import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { eventLine, type Part } from '../../../../src/ledger/evidence/lines.js';
import { BAD, commandsOf, digestAnew, runByHand, unpack } from '../../../support/evidence.js';
import { eventAt, logOf, packaged } from './log.js';

const EVENTS = Array.from({ length: 23 }, (_, position) => eventAt(position));
const folders: string[] = [];
const unpacked = async (...given: Parameters<typeof packaged>): Promise<string> => {
  const { bytes } = await packaged(...given);
  const folder = unpack(bytes);
  folders.push(folder);
  return folder;
};

describe('the steps on a package’s page, copied as they stand,', () => {
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  it.each([
    [[0, 2, 7, 16, 22], false],
    [[5, 6, 7, 8], true],
    [[22], false],
  ])('find positions %j in order', async (positions, isRange) => {
    const folder = await unpacked(logOf(EVENTS), { positions, isRange });
    const said = runByHand(folder);
    expect(said).not.toMatch(BAD);
    expect(said).toContain('Signature Verified Successfully');
    expect(said).toContain(`OK: ${positions.length} leaves`);
    expect(said).toContain(`OK: ${3 * positions.length} texts`);
    expect(said.match(/^OK/gm)).toHaveLength(isRange ? 7 : 6);
  });

  it('go from key to key', async () => {
    const said = runByHand(await unpacked(logOf(EVENTS, { isRotated: true }), { positions: [1, 2] }));
    expect(said).not.toMatch(BAD);
    expect(said).toContain('OK: it names key 1');
    expect(said.match(/Signature Verified Successfully/g)).toHaveLength(2);
  });

  it('pass over what is withheld', async () => {
    const log = logOf(EVENTS);
    const kept: Record<number, readonly Part[]> = {
      0: ['data', 'meta', 'remarks'],
      1: ['data'],
      2: ['meta'],
      3: ['remarks'],
    };
    const withheld = ({ position }: { position: number }) => new Set(kept[position]);
    const folder = await unpacked(log, { positions: [0, 1, 2, 3, 4], withheld });
    const said = runByHand(folder);
    expect(said).not.toMatch(BAD);
    expect(said).toContain('OK: 9 texts');
  });

  it('pass over what was erased, whatever else is withheld', async () => {
    const kept: Record<number, readonly Part[]> = { 1: ['data'], 2: ['meta'], 3: ['data', 'meta'] };
    const folder = await unpacked(logOf(EVENTS), { positions: [0, 1, 2, 3] });
    // The leaf stays as it was.
    const lines = [0, 1, 2, 3].map((at) => eventLine(eventAt(at, { remarks: null }), new Set(kept[at])));
    writeFileSync(join(folder, 'events.ndjson'), lines.map((line) => `${line}\n`).join(''));
    digestAnew(folder);
    const said = runByHand(folder);
    expect(said).not.toMatch(BAD);
    expect(said).toContain('OK: 4 texts');
  });

  it('do without an example where nothing is shown', async () => {
    const withheld = () => new Set<Part>(['data', 'meta', 'remarks']);
    const said = runByHand(await unpacked(logOf(EVENTS), { positions: [3, 4], withheld }));
    expect(said).not.toMatch(BAD);
    expect(said).toContain('OK: 2 leaves');
  });

  describe('find what was changed, with the digests made anew:', () => {
    const changes: [file: string, what: string, change: (text: string) => string][] = [
      ['leaves.ndjson', 'a letter of a leaf', (text) => text.replace('pipeline:shop', 'pipeline:shoq')],
      ['leaves.ndjson', 'a leaf left out', (text) => text.replace(/^.*\n/, '')],
      ['leaves.ndjson', 'two leaves swapped', (text) => text.replace(/^(.*\n)(.*\n)/, '$2$1')],
      ['proofs.txt', 'a digit of a proof', (text) => text.replace(/^(\d+ )./, (_, at: string) => `${at}x`)],
      ['proofs.txt', 'a position', (text) => text.replace(/^\d+/, '1')],
      ['proofs.txt', 'a proof left out', (text) => text.replace(/^.*\n/, '')],
      ['events.ndjson', 'a letter of the first data', (text) => text.replace('production', 'productiom')],
      ['events.ndjson', 'a letter of the last remarks', (text) => text.replace(/alert\(1\)(?!.*alert)/s, 'alert(2)')],
      ['events.ndjson', 'a letter of meta', (text) => text.replace('"channel":"api"', '"channel":"apj"')],
      [
        'events.ndjson',
        'a text whose salt is gone',
        (text) => text.replace('er 2"', 'er 3"').replace(/"data":"\w{32}",/, ''),
      ],
      ['events.ndjson', 'a member that is none', (text) => text.replace(',"salts":{', ',"said":"x","salts":{')],
      ['events.ndjson', 'the last one left out', (text) => text.replace(/.*\n$/, '')],
      ['events.ndjson', 'two events swapped', (text) => text.replace(/^(.*\n)(.*\n)/, '$2$1')],
      ['checkpoint', 'the size', (text) => text.replace('\n23\n', '\n24\n')],
      ['checkpoint', 'a letter of the root', (text) => text.replace(/\n23\n./, (all) => `${all.slice(0, -1)}#`)],
      ['manifest.json', 'the population', (text) => text.replace('"root":"', '"root":"0')],
    ];
    it.each(changes)('%s, %s', async (file, _, change) => {
      const folder = await unpacked(logOf(EVENTS), { positions: [2, 3, 9] });
      const before = readFileSync(join(folder, file), 'utf8');
      const after = change(before);
      expect(after).not.toBe(before);
      writeFileSync(join(folder, file), after);
      digestAnew(folder);
      expect(runByHand(folder)).toMatch(BAD);
    });

    it('another key, also one of the two forms alone', async () => {
      const theirs = await unpacked(logOf(EVENTS, { isRotated: true }), { positions: [2] });
      const folder = await unpacked(logOf(EVENTS), { positions: [2] });
      writeFileSync(join(folder, 'keys/0.pem'), readFileSync(join(theirs, 'keys/1.pem')));
      digestAnew(folder);
      const said = runByHand(folder);
      expect(said).toContain('WRONG: two keys');
      expect(said).toContain('Signature Verification Failure');
    });
  });

  it('find a damaged file by its digest', async () => {
    const folder = await unpacked(logOf(EVENTS), { positions: [2] });
    writeFileSync(join(folder, 'manifest.json'), `${readFileSync(join(folder, 'manifest.json'), 'utf8')} `);
    expect(runByHand(folder)).toContain('manifest.json: FAILED');
  });

  it('have nothing in them that somebody else wrote', async () => {
    const folder = await unpacked(logOf(EVENTS), { positions: [0, 1] });
    const commands = commandsOf(folder).join('\n');
    expect(commands).not.toMatch(/owned|shop|production/);
  });
});
