import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseWitnessKey } from '../../../src/ledger/note/cosignature.js';
import { parseWitnesses } from '../../../src/ledger/witness/settings.js';
import { alarmOf, troubleOf, Witnesses } from '../../../src/ledger/witness/witnesses.js';
import { eventually } from '../../support/eventually.js';
import { CosigningKey, respond, StrictWitness } from '../../support/witness.js';
import { LogInMemory, newLogKey, ORIGIN } from '../../support/witnessed-log.js';

const PATIENCE = { timeoutMs: 500, firstPauseMs: 20, longestPauseMs: 100 };

describe('the witnesses of a log', () => {
  let folder: string;
  let log: LogInMemory;
  let known: StrictWitness[];
  let opened: Witnesses[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-witnesses-'));
    log = new LogInMemory();
    known = [];
    opened = [];
  });

  afterEach(async () => {
    await Promise.all(opened.map((witnesses) => witnesses.close()));
    await Promise.all(known.map((witness) => witness.stop()));
    rmSync(folder, { recursive: true });
  });

  async function start(...names: string[]): Promise<StrictWitness[]> {
    const logs = new Map([[ORIGIN, [log.signer.verifier.text]]]);
    const started = names.map((name) => new StrictWitness(new CosigningKey(name), logs, join(folder, name)));
    known.push(...started);
    await Promise.all(started.map((witness) => witness.start()));
    return started;
  }

  function open(asked: readonly StrictWitness[], { required = 0, of = log, patience = PATIENCE } = {}): Witnesses {
    const witnesses = parseWitnesses(asked.map(({ setting }) => setting).join(' '));
    const one = new Witnesses({ witnesses, required }, { log: of, patience });
    opened.push(one);
    return one;
  }

  const cosignedSizes = (witnesses: Witnesses): number[] =>
    witnesses.status().witnesses.map(({ cosignedSize }) => cosignedSize);
  const problems = (witnesses: Witnesses): (string | undefined)[] =>
    witnesses.status().witnesses.map(({ problem }) => problem?.code);
  const sizesAt = ({ requests }: StrictWitness): number[] => requests.map(({ size }) => size);

  it('cosign each checkpoint, and the note with their lines is one that they have signed', async () => {
    const [one, two] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
    const witnesses = open([one, two]);
    const checkpoint = log.sign(6);
    witnesses.offer(checkpoint);
    await eventually(() => cosignedSizes(witnesses).every((size) => size === 6));
    const note = checkpoint.note + log.kept.map(({ line }) => `${line}\n`).join('');
    const trusted = [log.signer.verifier, ...[one, two].map(({ key }) => parseWitnessKey(key.verifierKey))];
    expect(openCheckpoint(note, ORIGIN, trusted).verified).toHaveLength(3);
    expect(witnesses.status().witnesses.map(({ name, url }) => [name, url])).toEqual([
      ['w1', one.url],
      ['w2', two.url],
    ]);
    expect(troubleOf(witnesses.status())).toBeUndefined();
  });

  it('are asked one thing at a time, and then for the newest: what came between is skipped', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    const witnesses = open([witness]);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    witness.fault = async (answer, response) => {
      await held;
      respond(response, answer);
    };
    for (let size = 1; size <= 50; size++) witnesses.offer(log.sign(size));
    await eventually(() => witness.requests.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sizesAt(witness)).toEqual([1]);
    release();
    await eventually(() => cosignedSizes(witnesses)[0] === 50);
    expect(sizesAt(witness)).toEqual([1, 50]);
  });

  it('do not wait for one of them that is silent', async () => {
    const [silent, other] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
    silent.fault = () => undefined;
    const witnesses = open([silent, other], { patience: { ...PATIENCE, timeoutMs: 30_000 } });
    for (const size of [3, 5, 9]) {
      witnesses.offer(log.sign(size));
      await eventually(() => cosignedSizes(witnesses)[1] === size);
    }
    expect(sizesAt(silent)).toEqual([3]);
  });

  it('are asked again when they were away, for the newest, and the problem is gone with that', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    const witnesses = open([witness]);
    witnesses.offer(log.sign(2));
    await eventually(() => cosignedSizes(witnesses)[0] === 2);
    await witness.stop();
    witnesses.offer(log.sign(4));
    // The first that it says may be that the old connection is gone.
    await eventually(() => troubleOf(witnesses.status())?.includes('ECONNREFUSED') === true);
    expect(problems(witnesses)).toEqual(['unreachable']);
    expect(troubleOf(witnesses.status())).toMatch(/^The witness w1 at http:\S+ cannot be reached: ECONNREFUSED\.$/);
    expect(alarmOf(witnesses.status())).toBeUndefined();
    witnesses.offer(log.sign(7));
    await witness.start();
    await eventually(() => cosignedSizes(witnesses)[0] === 7);
    expect(problems(witnesses)).toEqual([undefined]);
    expect(sizesAt(witness)).toEqual([2, 7]);
  });

  it('are asked ever less often while they fail', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    const times: number[] = [];
    witness.fault = (_, response) => {
      times.push(performance.now());
      respond(response, { status: 500 });
    };
    open([witness], { patience: { timeoutMs: 500, firstPauseMs: 40, longestPauseMs: 320 } }).offer(log.sign(2));
    await eventually(() => times.length === 7);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // Half of 40, 80, 160, 320, 320, 320 at least.
    [20, 40, 80, 160, 160, 160].forEach((least, index) => expect(pauses[index]).toBeGreaterThan(least - 5));
  });

  it('keep what they have cosigned before it is shown, and ask again where that failed', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    const witnesses = open([witness]);
    let failures = 2;
    log.beforeKeep = () => {
      if (failures-- > 0) throw new Error('the disk is full');
    };
    witnesses.offer(log.sign(5));
    await eventually(() => problems(witnesses)[0] === 'failed-here');
    expect(witnesses.status().witnesses[0]).toMatchObject({
      cosignedSize: 0,
      problem: { message: 'is not heard, as this server failed: the disk is full' },
    });
    await eventually(() => cosignedSizes(witnesses)[0] === 5);
    // The witness had it already, and says so.
    expect(witness.requests.map(({ oldSize, status }) => [oldSize, status])).toEqual([
      [0, 200],
      [0, 409],
      [5, 200],
      [0, 409],
      [5, 200],
    ]);
  });

  it('end in the middle of a request', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    witness.fault = () => undefined;
    const witnesses = open([witness], { patience: { ...PATIENCE, timeoutMs: 30_000 } });
    witnesses.offer(log.sign(5));
    await eventually(() => witness.requests.length === 1);
    await witnesses.close();
    witnesses.offer(log.sign(8));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(log.kept).toEqual([]);
    expect(witness.requests).toHaveLength(1);
  });

  describe('when several must cosign', () => {
    it('hold a checkpoint until so many have, so that they meet', async () => {
      const [quick, slow] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
      slow.fault = async (answer, response) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        respond(response, answer);
      };
      const witnesses = open([quick, slow], { required: 2 });
      for (let size = 1; size <= 40; size++) {
        witnesses.offer(log.sign(size));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await eventually(() => cosignedSizes(witnesses).every((size) => size === 40));
      const met = log.kept.filter(({ size, witness }) =>
        log.kept.some((other) => other.size === size && other.witness !== witness),
      );
      // Every one that was asked for, and several of them: not just the last.
      expect(met).toHaveLength(log.kept.length);
      expect(met.length).toBeGreaterThanOrEqual(6);
    });

    it('go on to the next without those that are not needed', async () => {
      const [one, two, away] = (await start('w1', 'w2', 'w3')) as [StrictWitness, StrictWitness, StrictWitness];
      await away.stop();
      const witnesses = open([one, two, away], { required: 2 });
      for (const size of [3, 6, 9]) {
        witnesses.offer(log.sign(size));
        await eventually(() => cosignedSizes(witnesses).filter((cosigned) => cosigned === size).length === 2);
      }
      await away.start();
      await eventually(() => cosignedSizes(witnesses)[2] === 9);
      expect(sizesAt(away)).toEqual([9]);
    });

    it('wait while there are too few, and go on with the newest when there are enough', async () => {
      const [one, away] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
      await away.stop();
      const witnesses = open([one, away], { required: 2 });
      for (const size of [3, 6, 9]) witnesses.offer(log.sign(size));
      await eventually(() => cosignedSizes(witnesses)[0] === 3);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(cosignedSizes(witnesses)).toEqual([3, 0]);
      await away.start();
      await eventually(() => cosignedSizes(witnesses).every((size) => size === 9));
      expect(sizesAt(one)).toEqual([3, 9]);
    });
  });

  describe('when the ledger is not what was signed', () => {
    it('say at once that an old copy of it was put in its place', async () => {
      const [witness] = (await start('w1')) as [StrictWitness];
      const before = open([witness]);
      before.offer(log.sign(5));
      await eventually(() => cosignedSizes(before)[0] === 5);
      const copied = [...log.kept];
      before.offer(log.sign(9));
      await eventually(() => cosignedSizes(before)[0] === 9);
      await before.close();

      const restored = new LogInMemory(log.signer);
      restored.kept.push(...copied);
      const after = open([witness], { of: restored });
      await after.ask(restored.sign(5));
      expect(problems(after)).toEqual(['tree-ahead']);
      expect(alarmOf(after.status())).toMatch(/older copy .* w1 .* 9 entries, and none has so many/);
      expect(restored.kept).toEqual(copied);
    });

    it('say so when it has grown past that in another way', async () => {
      const [witness] = (await start('w1')) as [StrictWitness];
      const before = open([witness], { of: new LogInMemory(log.signer, 'another') });
      before.offer(new LogInMemory(log.signer, 'another').sign(9));
      await eventually(() => witness.headOf(ORIGIN) === 9);
      const after = open([witness]);
      await after.ask(log.sign(14));
      expect(problems(after)).toEqual(['tree-forked']);
      expect(alarmOf(after.status())).toContain('Another ledger was signed');
    });

    it('no longer say so once they agree', async () => {
      const [witness] = (await start('w1')) as [StrictWitness];
      const head = log.sign(9);
      await open([witness]).ask(head);
      log.kept.length = 0;
      log.signed = 5;
      const after = open([witness]);
      await after.ask(log.sign(5));
      expect(alarmOf(after.status())).toBeDefined();
      log.signed = 9;
      after.offer(head);
      await eventually(() => cosignedSizes(after)[0] === 9);
      expect(alarmOf(after.status())).toBeUndefined();
    });
  });

  it('ask again at a start for what was cosigned already, and the first cosignature stays', async () => {
    const [witness] = (await start('w1')) as [StrictWitness];
    const checkpoint = log.sign(5);
    await open([witness]).ask(checkpoint);
    const [first] = log.kept;
    await open([witness]).ask(checkpoint);
    expect(witness.requests.map(({ oldSize, status }) => [oldSize, status])).toEqual([
      [0, 200],
      [5, 200],
    ]);
    expect(log.kept).toEqual([first]);
  });

  it('do not hold up a start when they are silent', async () => {
    const [silent, away] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
    silent.fault = () => undefined;
    await away.stop();
    const witnesses = open([silent, away]);
    await witnesses.ask(log.sign(5));
    expect(problems(witnesses)).toEqual(['timed-out', 'unreachable']);
  });

  it('refuse a new key of the log until they are told of it, and then go on from where they were', async () => {
    const [told, untold] = (await start('w1', 'w2')) as [StrictWitness, StrictWitness];
    const witnesses = open([told, untold]);
    witnesses.offer(log.sign(4));
    await eventually(() => cosignedSizes(witnesses).every((size) => size === 4));
    const next = newLogKey();
    const trustingBoth = new Map([[ORIGIN, [log.signer.verifier.text, next.verifier.text]]]);
    untold.logs.set(ORIGIN, [log.signer.verifier.text]);
    const both = new StrictWitness(told.key, trustingBoth, join(folder, 'w1'));
    await told.stop();
    known.push(both);
    await both.start();
    await witnesses.close();

    const asked = open([both, untold]);
    asked.offer(log.sign(6, next));
    await eventually(() => cosignedSizes(asked)[0] === 6 && problems(asked)[1] === 'untrusted-key');
    expect(alarmOf(asked.status())).toBeUndefined();
    untold.logs.set(ORIGIN, [next.verifier.text]);
    await eventually(() => cosignedSizes(asked)[1] === 6);
  });
});
