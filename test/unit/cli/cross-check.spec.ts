import { describe, expect, it } from '@jest/globals';
import { crossCheck, type Derivations } from '../../../src/cli/verify/cross-check.js';
import type { Projected } from '../../../src/cli/verify/projected.js';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

const projectedAt = (seen: number, live: Record<string, string> = { web: A }): Projected => ({
  ...{ seen, revision: 1, live, skipped: 0 },
});

/** Tables that know the stream up to `last`, and a projection that answers the next of its states each time. */
function derivations(states: readonly (Projected | undefined)[], lasts: readonly number[]): Derivations {
  let asked = 0;
  let looked = 0;
  const lastNow = () => lasts[Math.min(looked++, lasts.length - 1)] ?? -1;
  return {
    projected: () => Promise.resolve(states[Math.min(asked++, states.length - 1)]),
    lastTabled: () => Promise.resolve(lasts[0] ?? -1),
    tabled: (_environment, revision) => {
      const seen = Math.min(lastNow(), revision);
      if (seen < 0) return Promise.resolve(undefined);
      return Promise.resolve({ seen, revision: 1, services: [{ service: 'web', digest: A }] });
    },
  };
}

const check = (states: readonly (Projected | undefined)[], lasts: readonly number[], patienceMs = 5_000) =>
  crossCheck(['production'], derivations(states, lasts), patienceMs).then(([only]) => only);

describe('a cross-check', () => {
  it('compares at the revision that the projection has come to, though the tables know more', async () => {
    expect(await check([projectedAt(7)], [5, 9])).toMatchObject({ outcome: 'equal', revision: 7 });
  });

  it('waits for a projection that is behind, or has not begun', async () => {
    expect(await check([undefined, projectedAt(2), projectedAt(5)], [5])).toMatchObject({ outcome: 'equal' });
  });

  it('waits for tables that are behind', async () => {
    expect(await check([projectedAt(7)], [5, 6, 7])).toMatchObject({ outcome: 'equal', revision: 7 });
  });

  it('says how far each is when waiting was in vain', async () => {
    expect(await check([projectedAt(2)], [5], 0)).toMatchObject({
      ...{ outcome: 'behind', revision: 2, projection: { seen: 2 }, view: { seen: 5 } },
    });
    const ahead = await check([projectedAt(7)], [5], 0);
    expect(ahead).toMatchObject({ outcome: 'behind', projection: { seen: 7 }, view: { seen: 5 } });
    expect(ahead).not.toHaveProperty('revision');
    expect(await check([undefined], [5], 0)).toMatchObject({
      ...{ outcome: 'behind', projection: { seen: -1 }, view: { seen: 5 } },
    });
  });

  it('finds what differs also while the projection is behind, and names the services', async () => {
    expect(await check([projectedAt(2, { web: B, api: A })], [5], 0)).toMatchObject({
      outcome: 'different',
      differences: [
        { service: 'api', projection: A },
        { service: 'web', projection: B, view: A },
      ],
    });
  });

  it('takes another revision of the last move for a difference', async () => {
    const found = await check([{ ...projectedAt(5), revision: 4 }], [5]);
    expect(found).toMatchObject({
      outcome: 'different',
      differences: [],
      projection: { moved: 4 },
      view: { moved: 1 },
    });
  });

  it('believes a difference when it is seen twice, whatever the patience', async () => {
    expect(await check([projectedAt(5, {}), projectedAt(5)], [5], 0)).toMatchObject({ outcome: 'equal' });
  });

  it('ends also where one side changes its mind for ever', async () => {
    const states = Array.from({ length: 99 }, (_, index) => (index % 2 === 0 ? projectedAt(5, {}) : undefined));
    expect(await check(states, [5], 0)).toMatchObject({ outcome: 'behind' });
  });

  it('looks at a thousand environments, a few at a time, and stops at the first that cannot be asked', async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `e${index}`);
    let now = 0;
    let most = 0;
    const counted: Derivations = {
      ...derivations([projectedAt(5)], [5]),
      projected: async () => {
        most = Math.max(most, ++now);
        await new Promise(setImmediate);
        now -= 1;
        return projectedAt(5);
      },
    };
    const found = await crossCheck(names, counted, 0);
    expect(found.map(({ environment }) => environment)).toEqual(names);
    expect(found.every(({ outcome }) => outcome === 'equal')).toBe(true);
    expect(most).toBeLessThanOrEqual(8);
    const away = { ...counted, projected: () => Promise.reject(new Error('away')) };
    await expect(crossCheck(names, away, 0)).rejects.toThrow('away');
  });
});
