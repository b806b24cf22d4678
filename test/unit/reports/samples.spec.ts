import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate } from '../../../src/reports/samples/allocation.js';
import { rankingKey, SmallestKeys } from '../../../src/reports/samples/ranking.js';

describe('the key of a row', () => {
  it('is the SHA-256 of seed, colon and change in hex', () => {
    const expected = createHash('sha256').update('2026-Q1:abc').digest('hex');
    expect(rankingKey('2026-Q1', 'abc')).toBe(expected);
  });
});

describe('a draw', () => {
  const ids = fc.uniqueArray(fc.uuid(), { maxLength: 60 });

  it('takes the smallest keys, whatever order the rows come in', () => {
    fc.assert(
      fc.property(
        ids,
        fc.string({ minLength: 1 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(),
        (rows, seed, size, turn) => {
          const draw = (from: readonly string[]) => {
            const kept = new SmallestKeys<string>(size);
            for (const id of from) kept.offer(rankingKey(seed, id), id);
            return kept.ranked().map(({ row }) => row);
          };
          const expected = [...rows]
            .sort((a, b) => (rankingKey(seed, a) < rankingKey(seed, b) ? -1 : 1))
            .slice(0, size);
          expect(draw(rows)).toEqual(expected);
          const at = rows.length === 0 ? 0 : turn % rows.length;
          expect(draw([...rows.slice(at), ...rows.slice(0, at)].reverse())).toEqual(expected);
        },
      ),
    );
  });
});

describe('an allocation', () => {
  const strata = fc
    .uniqueArray(fc.tuple(fc.string({ maxLength: 4 }), fc.nat(500)), { selector: ([name]) => name, maxLength: 12 })
    .map((pairs) => pairs.map(([stratum, population]) => ({ stratum, population })));

  it('sums to the size, is never more than there is, near to proportion, and leaves none empty if it can', () => {
    fc.assert(
      fc.property(strata, fc.integer({ min: 1, max: 1_000 }), (given, size) => {
        const shares = allocate(given, size);
        const total = given.reduce((sum, { population }) => sum + population, 0);
        const filled = given.filter(({ population }) => population > 0);
        expect(shares).toHaveLength(filled.length);
        expect(shares.reduce((sum, share) => sum + share.size, 0)).toBe(Math.min(size, total));
        for (const share of shares) {
          expect(share.size).toBeLessThanOrEqual(share.population);
          expect(share.size).toBeLessThan((size * share.population) / total + 1 + Number(share.size === 1));
          if (size >= filled.length) expect(share.size).toBeGreaterThan(0);
        }
        expect(allocate([...given].reverse(), size)).toEqual(shares);
      }),
    );
  });

  it('gives what is left by largest remainder, ties by name', () => {
    const sizes = (populations: Record<string, number>, size: number) =>
      allocate(
        Object.entries(populations).map(([stratum, population]) => ({ stratum, population })),
        size,
      ).map((share) => [share.stratum, share.size]);
    expect(sizes({ c: 10, b: 10, a: 10 }, 10)).toEqual([
      ['a', 4],
      ['b', 3],
      ['c', 3],
    ]);
    expect(sizes({ a: 98, b: 1, c: 1 }, 10)).toEqual([
      ['a', 8],
      ['b', 1],
      ['c', 1],
    ]);
    expect(sizes({ a: 5, b: 5, c: 5 }, 2)).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 0],
    ]);
  });
});
