import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalize } from 'json-canonicalize';
import { makeLedger, ORIGIN, SEALED, type Row, type TestLedger } from './support/ledger.js';
import { checkpointText, logKey, noteOf, rootOf, rotationText, witnessKey } from './support/notes.js';
import { makePackage, withSums, zipOf, type Members } from './support/package.js';
import { verify } from './support/run.js';

let ledger: TestLedger;
let members: Members;
let home: string;
beforeAll(async () => {
  [ledger, home] = [await makeLedger(), await mkdtemp(join(tmpdir(), 'cairn-verifier-cases-'))];
  members = makePackage(ledger);
});
afterAll(() => Promise.all([ledger.folder, home].map((folder) => rm(folder, { recursive: true }))));

async function zipFile(content: Members): Promise<string> {
  const file = join(await mkdtemp(join(home, 'case-')), 'evidence.zip');
  await writeFile(file, zipOf(content));
  return file;
}

const fileWith = async (text: string): Promise<string> => {
  const file = join(await mkdtemp(join(home, 'file-')), 'checkpoint');
  await writeFile(file, text);
  return file;
};

/** The package with one member changed, and SHA256SUMS made to fit: what somebody would do who means it. */
const changed = (name: string, change: (text: string) => string): Members => {
  const [before, after] = [members[name] ?? '', change(members[name] ?? '')];
  if (before === after) throw new Error(`nothing was changed in ${name}`);
  return withSums({ ...members, [name]: after });
};
const without = (name: string): Members =>
  withSums(Object.fromEntries(Object.entries(members).filter(([key]) => key !== name)));
/** A line of a list, by the place that it has in it. */
const changedLine = (name: string, index: number, change: (line: string) => string): Members =>
  changed(name, (text) =>
    text
      .split('\n')
      .map((line, at) => (at === index ? change(line) : line))
      .join('\n'),
  );
const swapped = (name: string): Members =>
  changed(name, (text) => {
    const [first, second, ...rest] = text.split('\n');
    return [second, first, ...rest].join('\n');
  });
const inManifest = (change: object): Members =>
  changed('manifest.json', (text) => `${canonicalize({ ...(JSON.parse(text) as object), ...change })}\n`);
type Shown = Record<string, unknown> & { readonly salts: Record<string, string> };
/** A line of events.ndjson with other members, in canonical form. */
const inEvent = (index: number, change: (event: Shown) => object): Members =>
  changedLine('events.ndjson', index, (line) => canonicalize(change(JSON.parse(line) as Shown)));
const root = (size: number) => rootOf(ledger.leaves.slice(0, size));

describe('a package', () => {
  it('is found fine', async () => {
    const args = ['--key', ledger.keys[0].text, '--witness', ledger.witness.text];
    const { code, output } = await verify(await zipFile(members), ...args);
    expect(output).toContain('events: 67, each in the tree; 54 disclosed, 13 with something withheld');
    expect(output).toContain('cosigned by 1 of your witnesses');
    expect(output).toContain('ok   erased: 1; of 1 the event that erased');
    expect(output).toContain('complete: 1 run of revisions');
    expect(code).toBe(0);
  });

  it('is found fine unpacked', async () => {
    const folder = await mkdtemp(join(home, 'unpacked-'));
    for (const [name, text] of Object.entries(members)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    expect(await verify(folder)).toMatchObject({ code: 0, verdict: 'FINE: nothing wrong was found.' });
    await writeFile(join(folder, 'notes.txt'), 'x');
    expect(await verify(folder)).toMatchObject({ code: 1, verdict: 'WRONG: notes.txt is no member of a package' });
  });

  it('without a key shows which one it trusted', async () => {
    const { code, output } = await verify(await zipFile(members));
    expect(output).toContain(`Compare it with the published one: ${ledger.keys[0].text}`);
    expect(code).toBe(0);
  });

  it('is trusted by the key that signed it, and not by another', async () => {
    const file = await zipFile(members);
    expect((await verify(file, '--key', ledger.keys[1].text)).code).toBe(0);
    const { code, verdict } = await verify(file, '--key', logKey(ORIGIN).text);
    expect(verdict).toContain('the key that you trust is none of this log');
    expect(code).toBe(1);
  });

  it('is not trusted by a key that came later than its checkpoint', async () => {
    const early = changed('checkpoint', () => ledger.checkpoint(100));
    const { code, verdict } = await verify(await zipFile(early), '--key', ledger.keys[1].text);
    expect(verdict).toBe('WRONG: the checkpoint is signed by key 0; you trust only key 1 and later');
    expect(code).toBe(1);
  });

  it('is compared with the checkpoint that the auditor holds', async () => {
    const file = await zipFile(members);
    expect((await verify(file, '--checkpoint', await fileWith(ledger.checkpoint(SEALED)))).output).toContain(
      'the same',
    );
    const fork = await fileWith(noteOf(checkpointText(ORIGIN, SEALED, root(9)), ledger.keys[1]));
    expect((await verify(file, '--checkpoint', fork)).verdict).toContain('another root: a fork');
    const other = await verify(file, '--checkpoint', await fileWith(ledger.checkpoint(100)));
    expect(other).toMatchObject({ code: 66 });
    expect(other.verdict).toContain('your checkpoint is of 100 events');
    const empty = await fileWith(noteOf(checkpointText(ORIGIN, 0, root(0)), ledger.keys[0]));
    expect(await verify(file, '--checkpoint', empty)).toMatchObject({ code: 0 });
    const nothing = await fileWith(noteOf(checkpointText(ORIGIN, 0, root(1)), ledger.keys[0]));
    expect((await verify(file, '--checkpoint', nothing)).verdict).toBe(
      'WRONG: your checkpoint has a root over no events',
    );
    expect(await verify(file, '--checkpoint', await fileWith(''))).toMatchObject({ code: 1 });
  });

  it('lacks a witness that the auditor asks for', async () => {
    const { code, verdict } = await verify(await zipFile(members), '--witness', witnessKey('witness.example').text);
    expect(verdict).toContain('the checkpoint is not cosigned by witness.example');
    expect(code).toBe(1);
  });
});

describe('erased remarks', () => {
  /** The package as if it had been made of fewer events. */
  const of = (isIn: (row: Row) => boolean) => makePackage(ledger, isIn);

  it('are the word of the package where the event that erased them is not in it', async () => {
    const { code, output } = await verify(await zipFile(of(({ position }) => position % 4 === 1)));
    expect(output).toContain('NOTE erased: 1; of 0 the event that erased them is here too');
    expect(output).toContain('NOTE the others may as well be kept back');
    expect(code).toBe(0);
  });

  it('are not shown, and are the ones that were erased', async () => {
    const line = (members['leaves.ndjson'] ?? '').split('\n').findIndex((text) => text.includes('RemarksErased.v1'));
    const other = inEvent(line, (event) => ({ ...event, data: { ...(event['data'] as object), position: 1 } }));
    expect((await verify(await zipFile(other))).verdict).toContain('position 258');
    const held = inEvent(1, ({ erased: _, ...event }) => ({ ...event, withheld: ['remarks'] }));
    const manifest = { disclosed: 53, withheld: 14, erased: 0 };
    const text = canonicalize({ ...(JSON.parse(held['manifest.json'] ?? '') as object), ...manifest });
    const { code, verdict } = await verify(await zipFile(withSums({ ...held, 'manifest.json': `${text}\n` })));
    expect(verdict).toMatch(
      /^WRONG: the event at position 5 .*: its remarks are not erased, and .*position 258 .*says so$/,
    );
    expect(code).toBe(1);
  });
});

describe('of a package that was tampered with, the verifier names', () => {
  it.each(['leaves.ndjson', 'checkpoint', 'index.html', 'keys/1.rotation'])('a byte of %s', async (name) => {
    const text = members[name] ?? '';
    const { code, verdict } = await verify(await zipFile({ ...members, [name]: text.replace(/.(.)/, 'X$1') }));
    expect(verdict).toBe(`WRONG: ${name} is not what SHA256SUMS says`);
    expect(code).toBe(1);
  });

  it('every member that is missing', async () => {
    for (const name of Object.keys(members)) {
      const content =
        name === 'SHA256SUMS'
          ? Object.fromEntries(Object.entries(members).filter(([key]) => key !== name))
          : without(name);
      const { code, verdict } = await verify(await zipFile(content));
      const expected = name.startsWith('keys/')
        ? 'WRONG: (keys/|a key|the statement|the checkpoint is not signed)'
        : `WRONG: ${name} is missing`;
      expect([name, code, verdict]).toEqual([name, 1, expect.stringMatching(expected)]);
    }
  });

  it.each<[string, () => Members, string]>([
    ['one that is not of the format', () => withSums({ ...members, 'more.txt': 'x' }), 'more.txt is no member'],
    [
      'one twice in SHA256SUMS',
      () => ({ ...members, SHA256SUMS: `${members['SHA256SUMS']}${members['SHA256SUMS']}` }),
      'names more',
    ],
    ['another origin', () => inManifest({ origin: 'x' }), 'key 0 is of .*, not of x'],
    ['another size', () => inManifest({ size: 261 }), 'checkpoint is of 262 events, the manifest says 261'],
    ['a position not sealed', () => inManifest({ position: 262 }), 'position 262 is not sealed'],
    ['a position before its events', () => inManifest({ position: 100 }), 'events after position 100'],
    ['another count', () => inManifest({ population: { count: 66, root: '' } }), 'the population is 67 events'],
    ['another population', () => inManifest({ population: { count: 67, root: '00' } }), 'the population is 67 events'],
    ['less disclosed', () => inManifest({ disclosed: 1 }), 'not as many as the manifest says'],
    ['less withheld', () => inManifest({ withheld: 1 }), 'not as many as the manifest says'],
    ['nothing erased', () => inManifest({ erased: 0 }), 'not as many as the manifest says'],
    [
      'a range that has a gap',
      () => inManifest({ query: { completeness: ['range'] } }),
      'the query is for every event from the first to the last, and that before position 5 is missing',
    ],
    ['no query', () => inManifest({ query: [] }), 'manifest.json has no query'],
    [
      'a run with more members',
      () => inManifest({ complete: [{ stream: 'environment-1', from: 0, to: 65, x: 1 }] }),
      'a run has not the three members',
    ],
    [
      'more than is complete',
      () => inManifest({ complete: [{ stream: 'environment-1', from: 0, to: 66 }] }),
      'environment-1 is not complete: revision 66',
    ],
    [
      'a stream that is not there',
      () => inManifest({ complete: [{ stream: 'x', from: 0, to: 1 }] }),
      'x is not complete',
    ],
    ['one more claim', () => inManifest({ verified: true }), 'manifest.json has other members'],
    ['another checkpoint', () => changed('checkpoint', () => ledger.checkpoint(261)), 'checkpoint is of 261 events'],
    [
      'a checkpoint by nobody',
      () => changed('checkpoint', (text) => text.replace(/— ledger[^\n]*\n/, '')),
      'not signed by key 1',
    ],
    [
      'one by the old key',
      () => changed('checkpoint', () => noteOf(checkpointText(ORIGIN, SEALED, root(SEALED)), ledger.keys[0])),
      'not signed by key 1',
    ],
    [
      'a forged root',
      () => changed('checkpoint', (text) => text.replace(root(SEALED).toString('base64'), root(1).toString('base64'))),
      'signature of .* is false',
    ],
    [
      'a root that was signed',
      () => changed('checkpoint', () => noteOf(checkpointText(ORIGIN, SEALED, root(1)), ledger.keys[1])),
      'position 1 .*do not lead to the root',
    ],
    [
      'a manifest that says one thing twice',
      () => changed('manifest.json', (text) => text.replace('{', '{"erased":0,')),
      'manifest.json is not RFC 8785 text',
    ],
    [
      'a manifest in another form',
      () => changed('manifest.json', (text) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`),
      'manifest.json is not RFC 8785 text',
    ],
    [
      'a pem with other ends of lines',
      () => changed('keys/1.pem', (text) => text.replaceAll('\n', '\r\n')),
      'keys/1.pem is another key',
    ],
    [
      'a key that does not end',
      () => changed('keys/1.vkey', (text) => text.trimEnd()),
      'keys/1.vkey: its last line has',
    ],
    [
      'sums that are not sorted',
      () => ({
        ...members,
        SHA256SUMS: `${(members['SHA256SUMS'] ?? '').trimEnd().split('\n').reverse().join('\n')}\n`,
      }),
      'SHA256SUMS is not sorted',
    ],
    ['another pem', () => changed('keys/1.pem', () => ledger.keys[0].pem), 'keys/1.pem is another key'],
    [
      'another key',
      () => {
        const key = logKey(ORIGIN);
        return withSums({ ...members, 'keys/0.vkey': `${key.text}\n`, 'keys/0.pem': key.pem });
      },
      'rotation to key 1 is not signed by key 0',
    ],
    [
      'a key with another id',
      () => changed('keys/0.vkey', (text) => text.replace(/\+[0-9a-f]{8}/, '+00000000')),
      'an id that is not its own',
    ],
    [
      'a forged rotation',
      () => changed('keys/1.rotation', () => noteOf(rotationText(ORIGIN, 150, ledger.keys[1]), ledger.keys[1])),
      'not signed by key 0',
    ],
    ['a key too many', () => withSums({ ...members, 'keys/7.pem': 'x\n' }), 'a key is incomplete'],
    [
      'a leaf',
      () => changedLine('leaves.ndjson', 3, (line) => line.replace('pipeline:checkout', 'pipeline:checkouts')),
      `position 13 .*do not lead`,
    ],
    [
      'a leaf in another form',
      () => changedLine('leaves.ndjson', 3, (line) => line.replace(':', ': ')),
      'position 13 is not RFC 8785',
    ],
    [
      'a leaf with more',
      () => changedLine('leaves.ndjson', 3, (line) => line.replace('"v":1', '"v":1,"w":1')),
      'other members than the eleven',
    ],
    [
      'a leaf of another version',
      () => changedLine('leaves.ndjson', 3, (line) => line.replace('"v":1', '"v":2')),
      'position 13: v is not',
    ],
    ['two leaves swapped', () => swapped('leaves.ndjson'), 'position 1 .*do not lead'],
    ['two proofs swapped', () => swapped('proofs.txt'), 'position 5 .*do not lead'],
    ['two events swapped', () => swapped('events.ndjson'), 'position 1 .*is of position 5'],
    [
      'a leaf left out',
      () => changed('leaves.ndjson', (text) => text.slice(text.indexOf('\n') + 1)),
      '66 leaves, 67 proofs and 67 events',
    ],
    [
      'a proof left out',
      () => changed('proofs.txt', (text) => text.slice(text.indexOf('\n') + 1)),
      '67 leaves, 66 proofs',
    ],
    [
      'a proof of another place',
      () => changedLine('proofs.txt', 3, (line) => line.replace('13 ', '14 ')),
      'position 14 .*do not lead',
    ],
    [
      'a proof with one hash more',
      () => changedLine('proofs.txt', 3, (line) => `${line} ${'0'.repeat(64)}`),
      'position 13 .*do not lead',
    ],
    [
      'a proof with one hash less',
      () => changedLine('proofs.txt', 3, (line) => line.slice(0, -65)),
      'position 13 .*do not lead',
    ],
    ['no proof', () => changedLine('proofs.txt', 3, () => '13 x'), 'line 4 is no proof'],
    ['a lost end of line', () => changed('proofs.txt', (text) => text.slice(0, -1)), 'last line has no end'],
    ['data', () => inEvent(0, (event) => ({ ...event, data: {} })), 'position 1 .*its data and salt'],
    ['remarks', () => inEvent(0, (event) => ({ ...event, remarks: {} })), 'position 1 .*its remarks and salt'],
    ['meta', () => inEvent(0, (event) => ({ ...event, meta: {} })), 'position 1 .*its meta and salt'],
    [
      'a salt',
      () => inEvent(0, (event) => ({ ...event, salts: { ...event.salts, data: '0'.repeat(32) } })),
      'position 1 .*its data and salt',
    ],
    [
      'a salt less',
      () => inEvent(0, ({ salts: { data: _, ...salts }, ...event }) => ({ ...event, salts })),
      'position 1 .*not each shown',
    ],
    ['erased, and not', () => inEvent(0, (event) => ({ ...event, erased: false })), 'position 1 .*is unclear'],
    ['nothing withheld, said', () => inEvent(0, (event) => ({ ...event, withheld: [] })), 'position 1 .*is unclear'],
    ['data gone', () => inEvent(0, ({ data: _, ...event }) => event), 'position 1 .*not each shown'],
    [
      'a salt of what is withheld',
      () => inEvent(2, (event) => ({ ...event, salts: { data: '0'.repeat(32), ...event.salts } })),
      'position 9 .*not each shown',
    ],
    ['what is withheld, unsaid', () => inEvent(2, ({ withheld: _, ...event }) => event), 'position 9 .*not each shown'],
    [
      'something unknown withheld',
      () => inEvent(2, (event) => ({ ...event, withheld: ['data', 'meta', 'place'] })),
      'position 9 .*not each shown',
    ],
    [
      'remarks called erased',
      () => inEvent(0, ({ remarks: _, ...event }) => ({ ...event, erased: true })),
      'position 1 .*not each shown',
    ],
    ['another member', () => inEvent(0, (event) => ({ ...event, z: 1 })), 'position 1 .*not each shown'],
    [
      'an event in another form',
      () => changedLine('events.ndjson', 0, (line) => ` ${line}`),
      'position 1 .*is not RFC 8785',
    ],
  ])('%s', async (_, content, expected) => {
    const { code, verdict } = await verify(await zipFile(content()));
    expect(verdict).toMatch(new RegExp(`^WRONG: .*${expected}`));
    expect(code).toBe(1);
  });

  it('a format that it does not know, and what is no package', async () => {
    expect((await verify(await zipFile(inManifest({ format: 'cairn-evidence/2' })))).code).toBe(66);
    expect((await verify(await fileWith('x'.repeat(100)))).verdict).toBe('UNREADABLE: no ZIP file, or not the whole');
    expect((await verify(join(home, 'nothing.zip'))).code).toBe(66);
    expect((await verify(home)).verdict).toContain('neither a package nor a data folder');
  });
});
