import { afterEach, describe, expect, it } from '@jest/globals';
import type { KnownGoodHistory } from '../../../src/commands/known-good-history.js';
import { StoreError } from '../../../src/event-store/port.js';
import { ENVELOPE, Harness, bake, digestOf, promote } from './harness.js';

const OLD = '2026-01-01T00:00:00.000Z';
const DAY = 24 * 60 * 60 * 1_000;
const day = (n: number) => new Date(Date.parse(OLD) + n * DAY).toISOString();

/** A promise that the test keeps or breaks when it chooses. */
function gate() {
  let open: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open: () => open(), fail: (error: Error) => fail(error) };
}

let harness: Harness;
afterEach(() => harness.close());

describe('a promotion that rests on the stage before', () => {
  /** Staging's switch, held in the middle of its append until the test lets it go or fails it. */
  async function switchHeldInStaging() {
    harness = await Harness.open();
    await harness.prepare();
    await harness.artifact(bake(1));
    const started = gate();
    const held = gate();
    harness.beforeAppend = async (appends) => {
      if (appends[0]?.stream !== 'environment-staging') return;
      started.open();
      await held.passed;
    };
    const staging = harness.environment(promote(1)).catch((error: unknown) => error);
    await started.passed;
    return { staging, held, production: harness.environment(promote(1, 'production')) };
  }

  it('is not let through by a switch there that then fails', async () => {
    const { staging, held, production } = await switchHeldInStaging();
    held.fail(new StoreError('unavailable', 'disk full'));
    expect(await staging).toMatchObject({ code: 'unavailable' });
    expect(await production).toMatchObject({ status: 'refused', refusal: { reason: 'stage-skipped' } });
  });

  it('goes through as soon as a switch there at the same time is on disk', async () => {
    const { staging, held, production } = await switchHeldInStaging();
    held.open();
    expect(await staging).toMatchObject({ status: 'accepted' });
    expect(await production).toMatchObject({ status: 'accepted' });
  });

  it('soaks anew after a roll-back away and a switch back, whatever the view still knows', async () => {
    const view: KnownGoodHistory = {
      standing: () => Promise.resolve({ sinceRecordedAt: OLD, sinceOccurredAt: OLD }),
      wasLive: () => Promise.resolve(undefined),
      position: () => Number.MAX_SAFE_INTEGER,
      waitFor: () => Promise.resolve(true),
    };
    harness = await Harness.open(view);
    await harness.prepare({ soak: 'P10D' });
    const steps = [
      [bake(1), 0],
      [bake(2), 0],
      [promote(1), 0],
      [promote(2), 1],
      [{ kind: 'roll-back' as const, environment: 'staging', service: 'shop-api', remarks: {} }, 2],
      [promote(2), 3],
      [promote(1, 'production'), 12],
      [promote(2, 'production'), 12],
      [promote(2, 'production'), 13],
    ] as const;
    const results = await harness.processor.executeAll(
      steps.map(([command, on]) =>
        harness.importItem(command, { ...ENVELOPE, channel: 'import', occurredAt: day(on) }),
      ),
    );
    expect(results.map((result) => (result.status === 'refused' ? result.refusal.reason : result.status))).toEqual([
      ...Array.from({ length: 7 }, () => 'accepted'),
      'soak-too-short',
      'accepted',
    ]);
    expect(results[4]).toMatchObject({ data: { digest: digestOf(1), withdrawn: { digest: digestOf(2) } } });
  });
});
