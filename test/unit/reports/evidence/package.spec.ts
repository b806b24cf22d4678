import { createHash } from 'node:crypto';
import { unzipSync, strFromU8 } from 'fflate';
import { describe, expect, it } from '@jest/globals';
import { canonicalize } from 'json-canonicalize';
import { CompactRange } from '../../../../src/ledger/merkle/compact-range.js';
import { leafHash } from '../../../../src/ledger/leaf.js';
import { verifyInclusion } from '../../../../src/ledger/merkle/verify.js';
import { eventLine, type Part } from '../../../../src/ledger/evidence/lines.js';
import { Withholding } from '../../../../src/reports/evidence/withholding.js';
import { eventAt, HOSTILE, logOf, ORIGIN, packaged } from './log.js';

const EVENTS = Array.from({ length: 700 }, (_, position) => eventAt(position));
const LOG = logOf(EVENTS);
type Line = Record<string, unknown> & { salts: Record<string, string> };

async function membersOf(...given: Parameters<typeof packaged>) {
  const { bytes, population } = await packaged(...given);
  const members = Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, text]) => [name, strFromU8(text)]));
  const lines = (name: string) => (members[name] ?? '').trimEnd().split('\n');
  const events = lines('events.ndjson').map((line) => JSON.parse(line) as Line);
  return { members, lines, events, population, manifest: JSON.parse(members['manifest.json'] ?? '') as object };
}

describe('an evidence package', () => {
  it('is the same bytes for the same content, wherever it is written', async () => {
    const zone = process.env.TZ;
    const first = await packaged(LOG, { positions: [3, 99, 698] });
    process.env.TZ = 'Pacific/Auckland';
    try {
      expect((await packaged(LOG, { positions: [3, 99, 698] })).bytes.equals(first.bytes)).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    expect((await packaged(LOG, { positions: [3, 98, 698] })).bytes.equals(first.bytes)).toBe(false);
  });

  it('has the leaf of each event, and its way to the signed root', async () => {
    const positions = [0, 1, 2, 40, 41, 300, 650, 699];
    const { lines, population } = await membersOf(LOG, { positions });
    lines('proofs.txt').forEach((line, index) => {
      const [position, ...hashes] = line.split(' ');
      expect(Number(position)).toBe(positions[index]);
      const leaf = createHash('sha256')
        .update(Buffer.of(0))
        .update(lines('leaves.ndjson')[index] ?? '')
        .digest();
      const proof = hashes.map((hash) => Buffer.from(hash, 'hex'));
      verifyInclusion({ index: BigInt(position ?? ''), size: 700n, leafHash: leaf, proof, root: LOG.seal.root });
    });
    expect(lines('proofs.txt')).toHaveLength(positions.length);
    const range = new CompactRange();
    for (const position of positions) range.add(leafHash(EVENTS[position]!));
    const leaves = `${lines('leaves.ndjson').join('\n')}\n`;
    const hash = createHash('sha256').update(leaves).digest('hex');
    expect(population).toEqual({ count: positions.length, root: range.root().toString('hex'), hash });
  });

  it('says in canonical lines what is disclosed, with its salts', async () => {
    const { lines, events } = await membersOf(LOG, { positions: [5, 600] });
    const [line = ''] = lines('events.ndjson');
    expect(canonicalize(JSON.parse(line))).toBe(line);
    const event = eventAt(5);
    expect(events[0]).toEqual({
      position: 5,
      ...{ data: JSON.parse(event.data) as unknown, remarks: { reason: HOSTILE }, meta: { channel: 'api' } },
      salts: {
        data: Buffer.from(event.salts.subarray(0, 16)).toString('hex'),
        remarks: Buffer.from(event.salts.subarray(16, 32)).toString('hex'),
        meta: Buffer.from(event.salts.subarray(32)).toString('hex'),
      },
    });
  });

  it('has a manifest that is one line of canonical text', async () => {
    const query = { environment: ['größer', 'a'], change: ['\u2028"'], 'event-id': [] };
    const { members, manifest } = await membersOf(LOG, { positions: [5, 7, 600], query });
    expect(members['manifest.json']).toBe(`${canonicalize(manifest)}\n`);
    expect(manifest).toMatchObject({ query });
  });

  it('keeps back what is withheld, value and salt, and says so', async () => {
    const rules = new Withholding([`all:${eventAt(3).id}`, 'meta', 'data:ArtifactPromoted.*']);
    const { lines, events, manifest } = await membersOf(LOG, {
      positions: [3, 4, 6],
      withheld: (event) => rules.of(event),
    });
    expect(lines('events.ndjson')[0]).toBe('{"position":3,"salts":{},"withheld":["data","meta","remarks"]}');
    expect(events[1]).toMatchObject({ withheld: ['data', 'meta'], remarks: { reason: HOSTILE } });
    expect(Object.keys(events[1]?.salts ?? {})).toEqual(['remarks']);
    expect(events[2]).toMatchObject({ withheld: ['meta'] });
    expect(manifest).toMatchObject({ disclosed: 0, withheld: 3, erased: 0 });
  });

  it('says what was erased, and shows no salt of it', () => {
    const erased = eventAt(3, { remarks: null });
    expect(JSON.parse(eventLine(erased, new Set(['remarks', 'meta'])))).toEqual({
      ...{ position: 3, erased: true, data: JSON.parse(erased.data) as unknown, withheld: ['meta'] },
      salts: { data: Buffer.from(erased.salts.subarray(0, 16)).toString('hex') },
    });
  });

  it('tells what it is', async () => {
    const { members, manifest } = await membersOf(LOG, {
      positions: [0, 2, 4, 5, 9, 11],
      query: { service: ['b', 'a'], environment: ['production'] },
      position: 650,
    });
    expect(members['manifest.json']).toBe(`${canonicalize(manifest)}\n`);
    expect(manifest).toMatchObject({
      ...{ format: 'cairn-evidence/1', origin: ORIGIN, position: 650, size: 700, disclosed: 6, withheld: 0, erased: 0 },
      complete: [
        { stream: 'environment-production', from: 0, to: 2 },
        { stream: 'environment-staging', from: 4, to: 5 },
      ],
    });
    expect(
      members['SHA256SUMS']
        ?.trimEnd()
        .split('\n')
        .map((line) => line.slice(66)),
    ).toEqual(
      Object.keys(members)
        .filter((name) => name !== 'SHA256SUMS')
        .sort(),
    );
  });

  it('has the keys that signed so far, and none that came later', async () => {
    const rotated = logOf(EVENTS, { isRotated: true });
    const { members } = await membersOf(rotated, { positions: [1] });
    expect(
      Object.keys(members)
        .filter((name) => name.startsWith('keys/'))
        .sort(),
    ).toEqual([...['keys/0.pem', 'keys/0.vkey', 'keys/1.pem', 'keys/1.rotation', 'keys/1.vkey']]);
    const keys = [
      ...LOG.keys,
      { number: 1, verifierKey: rotated.keys[1]?.verifierKey ?? '', fromSize: 701, statement: '' },
    ];
    const before = await membersOf({ ...LOG, keys }, { positions: [1] });
    expect(Object.keys(before.members).filter((name) => name.startsWith('keys/1'))).toEqual([]);
  });

  it('is not made of an event that is not what was sealed', async () => {
    const events = EVENTS.map((event) => (event.position === 7 ? eventAt(7, { actor: 'somebody' }) : event));
    await expect(packaged({ ...LOG, events }, { positions: [6, 7] })).rejects.toMatchObject({ code: 'proof-mismatch' });
  });

  it('is not made of an event that is not there', async () => {
    const events = EVENTS.slice(0, 690);
    await expect(packaged({ ...LOG, events }, { positions: [6, 695] })).rejects.toThrow('no event at position 695');
  });

  it('tells how far it is, to the end', async () => {
    const { progress } = await packaged(LOG, {
      positions: [...EVENTS.keys()].filter((position) => position % 40 < 20),
    });
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(2 * 360);
  });

  it('shows hostile texts for what they are', async () => {
    const hostile = EVENTS.slice(0, 3).map((event) =>
      eventAt(event.position, { stream: HOSTILE, actor: HOSTILE, type: HOSTILE }),
    );
    const { members } = await membersOf(logOf(hostile), { positions: [0, 1, 2], query: { [HOSTILE]: [HOSTILE] } });
    const page = members['index.html'] ?? '';
    expect(page).not.toContain('<script');
    expect(page).not.toContain('\u202e');
    expect(page).toContain('&lt;script>alert(1)&lt;/script>');
    expect(page.match(/⟨U\+202E⟩/g)?.length).toBeGreaterThan(3);
  });

  it('has a page that anybody can read', async () => {
    const { members } = await membersOf(LOG, { positions: [0, 1], withheld: () => new Set<Part>(['meta']) });
    const page = members['index.html'] ?? '';
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(page.match(/<h1/g)).toHaveLength(1);
    expect([...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))).not.toContain(4);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).toContain('<th scope="row">1</th>');
  });
});
