import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { cosignaturesOf, hasQuorum, parseWitnessKey } from '../../../src/ledger/note/cosignature.js';
import { Sealing } from '../../../src/ledger/sealer/sealing.js';
import { eventually } from '../../support/eventually.js';
import { CosigningKey, StrictWitness } from '../../support/witness.js';
import { appends } from '../helpers/events.js';

const ORIGIN = 'cairn.example/sealed';

describe('a ledger that is sealed before witnesses', () => {
  let root: string;
  let folder: string;
  let witnesses: StrictWitness[];
  let store: SqliteEventStore;
  let sealing: Sealing;
  let lines: string[];

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'cairn-witnessed-'));
    folder = join(root, 'data');
    lines = [];
    witnesses = ['w1', 'w2', 'w3'].map(
      (name) => new StrictWitness(new CosigningKey(name), new Map(), join(root, `${name}.json`)),
    );
    for (const witness of witnesses) await witness.start();
  });

  afterEach(async () => {
    await close();
    await Promise.all(witnesses.map((witness) => witness.stop()));
    rmSync(root, { recursive: true });
  });

  async function open(asked: readonly StrictWitness[], required = 0): Promise<void> {
    const file = join(folder, 'ledger.db');
    store = await SqliteEventStore.open({ file });
    sealing = await Sealing.open({
      folder,
      eventStore: `sqlite:${file}`,
      settings: { origin: ORIGIN },
      sealIntervalMs: 50,
      witnesses: asked.map(({ setting }) => setting).join('\n'),
      witnessesRequired: required,
      events: store,
      log: (line) => void lines.push(line),
    });
    const [key] = sealing.keys();
    for (const { logs } of witnesses) if (!logs.has(ORIGIN)) logs.set(ORIGIN, [key?.verifierKey ?? '']);
  }

  async function close(): Promise<void> {
    await sealing.close();
    await store.close();
  }

  /** Begins a stream of so many events. */
  const grow = (count: number, stream: string): Promise<unknown> => store.appendAll(appends(stream, count));
  const verifiers = () => witnesses.map(({ key }) => parseWitnessKey(key.verifierKey));
  /** Who has cosigned what is shown. */
  function cosigners(): string[] {
    const newest = sealing.newest();
    const cosignatures = newest ? cosignaturesOf(newest.note, verifiers()) : [];
    return cosignatures.map(({ name }) => name).sort();
  }

  const isShown = (size: number): Promise<void> => eventually(() => sealing.newest()?.size === size);
  const problemOf = (index: number) => sealing.status().witnesses?.witnesses[index]?.problem?.code;

  function rows<Row>(sql: string): Row[] {
    const db = new Database(join(folder, 'seals.db'), { readonly: true });
    try {
      return db.prepare<[], Row>(sql).all();
    } finally {
      db.close();
    }
  }

  describe('when none of them is required', () => {
    it('shows a checkpoint at once, and its note grows by their cosignatures, which are kept', async () => {
      await witnesses[1]?.stop();
      await open(witnesses.slice(0, 2));
      await grow(5, 'a');
      await isShown(5);
      await eventually(() => cosigners().length === 1);
      expect(cosigners()).toEqual(['w1']);
      await eventually(() => sealing.status().detail !== undefined);
      expect(sealing.status()).toMatchObject({
        state: 'sealing',
        detail: expect.stringContaining('The witness w2 at'),
      });
      expect(lines).toEqual([expect.stringMatching(/^The witness w2 cannot be reached: ECONNREFUSED$/)]);

      const before = sealing.newest()?.note ?? '';
      await witnesses[1]?.start();
      await eventually(() => cosigners().length === 2);
      expect(sealing.newest()?.note.startsWith(before)).toBe(true);
      await eventually(() => lines.at(-1) === 'The witness w2 cosigns again');
      await eventually(() => sealing.status().detail === undefined);
      const kept = rows<{ size: number; witness: string; line: string }>(
        'SELECT size, witness, line FROM cosignatures',
      );
      expect(kept.map(({ size, witness }) => [size, witness]).sort()).toEqual(
        witnesses.slice(0, 2).map(({ key }) => [5, key.verifierKey]),
      );
      for (const { line } of kept) expect(sealing.newest()?.note).toContain(`\n${line}\n`);
    });

    it('has them again after a restart', async () => {
      await open(witnesses);
      await grow(5, 'a');
      await eventually(() => cosigners().length === 3);
      const { note } = sealing.newest() ?? {};
      await close();
      await Promise.all(witnesses.map((witness) => witness.stop()));
      await open(witnesses);
      await isShown(5);
      expect(sealing.newest()?.note).toBe(note);
    });
  });

  describe('when two of three are required', () => {
    it('takes commands and signs, and shows no checkpoint that fewer have cosigned', async () => {
      await Promise.all(witnesses.slice(1).map((witness) => witness.stop()));
      await open(witnesses, 2);
      await grow(3, 'a');
      await eventually(() => witnesses[0]?.headOf(ORIGIN) === 3);
      await grow(3, 'b');
      await eventually(() => rows('SELECT size FROM checkpoints').length === 2);
      await eventually(() => sealing.status().state === 'waiting' && problemOf(1) !== undefined);
      await eventually(() => /w2 .* w3 /.test(sealing.status().detail ?? ''));
      expect(sealing.status().detail).toMatch(/^A checkpoint is published once 2 of 3 witnesses have cosigned it\. /);
      expect(await sealing.waitFor(0, 200)).toBe(false);
      expect(sealing.newest()).toBeUndefined();

      const waiting = sealing.waitFor(5, 20_000);
      await witnesses[2]?.start();
      expect(await waiting).toBe(true);
      await isShown(6);
      expect(hasQuorum(sealing.newest()?.note ?? '', { witnesses: verifiers(), quorum: 2 })).toBe(true);
      await eventually(() => sealing.status().state === 'sealing');
    });

    it('shows after a restart what two had cosigned, though there is a newer one', async () => {
      await open(witnesses, 2);
      await grow(3, 'a');
      await isShown(3);
      await Promise.all(witnesses.map((witness) => witness.stop()));
      await grow(3, 'b');
      await eventually(() => rows('SELECT size FROM checkpoints').length === 2);
      await close();
      await open(witnesses, 2);
      await isShown(3);
      expect(sealing.newest()?.note).toContain('— w1 ');
      await Promise.all(witnesses.slice(0, 2).map((witness) => witness.start()));
      await isShown(6);
    });

    it('shows every event in the end while the ledger grows', async () => {
      await open(witnesses, 2);
      for (let batch = 0; batch < 20; batch++) {
        await grow(7, `s${batch}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await isShown(140);
      expect(hasQuorum(sealing.newest()?.note ?? '', { witnesses: verifiers(), quorum: 2 })).toBe(true);
    });

    it('does not wait busily', async () => {
      await Promise.all(witnesses.map((witness) => witness.stop()));
      await open(witnesses, 2);
      await grow(3, 'a');
      await eventually(() => sealing.status().state === 'waiting' && problemOf(0) !== undefined);
      const before = process.cpuUsage();
      expect(await sealing.waitFor(2, 1_000)).toBe(false);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(600);
    });
  });

  it('goes on where the answer of a witness was lost with the server', async () => {
    const [witness] = witnesses as [StrictWitness];
    await open([witness]);
    await grow(4, 'a');
    await eventually(() => cosigners().length === 1);
    witness.fault = () => undefined;
    await grow(4, 'b');
    await eventually(() => witness.headOf(ORIGIN) === 8);
    await close();
    expect(rows('SELECT size FROM cosignatures')).toEqual([{ size: 4 }]);
    delete witness.fault;
    witness.requests.length = 0;
    await open([witness]);
    await eventually(() => cosigners().length === 1);
    expect(sealing.newest()?.size).toBe(8);
    expect(witness.requests.map(({ oldSize, status }) => [oldSize, status])).toEqual([
      [4, 409],
      [8, 200],
    ]);
  });

  describe('when an old copy of the data folder takes its place', () => {
    async function restoreAfter(size: number): Promise<void> {
      await open(witnesses.slice(0, 1));
      await grow(5, 'a');
      await eventually(() => cosigners().length === 1);
      await close();
      cpSync(folder, join(root, 'backup'), { recursive: true });
      await open(witnesses.slice(0, 1));
      await grow(size - 5, 'b');
      await eventually(() => witnesses[0]?.headOf(ORIGIN) === size);
      await close();
      rmSync(folder, { recursive: true });
      cpSync(join(root, 'backup'), folder, { recursive: true });
      lines = [];
    }

    it('signs nothing, and says so', async () => {
      await restoreAfter(9);
      await open(witnesses.slice(0, 1));
      await grow(3, 'c');
      await eventually(() => sealing.status().state === 'halted');
      expect(sealing.status().detail).toMatch(/older copy of it\. The witness w1 .* 9 entries/);
      expect(lines).toContainEqual(expect.stringMatching(/^SEALING HAS STOPPED, .*another ledger/i));
      expect(rows('SELECT size FROM checkpoints')).toEqual([{ size: 5 }]);
      // What is true of it is still to be had.
      expect(await store.head()).toBe(7);
    });

    it('stops as soon as the witness can be reached, when that was away at the start', async () => {
      await restoreAfter(9);
      await witnesses[0]?.stop();
      await open(witnesses.slice(0, 1));
      await grow(8, 'c');
      await isShown(13);
      await witnesses[0]?.start();
      await eventually(() => sealing.status().state === 'halted');
      expect(problemOf(0)).toBe('tree-forked');
      await grow(1, 'd');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(rows('SELECT max(size) AS size FROM checkpoints')).toEqual([{ size: 13 }]);
      expect(witnesses[0]?.headOf(ORIGIN)).toBe(9);
    });
  });

  it('has its new key refused by a witness that was not told of it', async () => {
    const [told, untold] = witnesses as [StrictWitness, StrictWitness];
    await open([told, untold]);
    await grow(3, 'a');
    await eventually(() => cosigners().length === 2);
    const { verifierKey } = await sealing.rotateKey();
    told.logs.get(ORIGIN)?.push(verifierKey);
    await grow(3, 'b');
    await isShown(6);
    await eventually(() => cosigners().length === 1 && problemOf(1) === 'untrusted-key');
    expect(cosigners()).toEqual(['w1']);
    expect(lines).toContain('The witness w2 does not trust the key that signed the checkpoint (403)');
    untold.logs.get(ORIGIN)?.push(verifierKey);
    await eventually(() => cosigners().length === 2);
    expect(sealing.status()).toMatchObject({ state: 'sealing' });
  });
});
