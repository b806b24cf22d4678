import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KnownGoodDeprecation, KnownGoodStanding } from '../../../src/views/known-good/entity.js';
import { ViewCheckpoint } from '../../../src/views/checkpoint.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { MissingRowError, type RowWriter, type Table } from '../../../src/views/rows.js';
import { DATABASES, type OwnDatabase } from './databases.js';

const CHECKPOINTS: Table<ViewCheckpoint> = { entity: ViewCheckpoint, key: ['view'] };
const DEPRECATIONS: Table<KnownGoodDeprecation> = {
  entity: KnownGoodDeprecation,
  key: ['environment', 'service', 'sincePosition'],
};

const row = (view: string, position = 0, eventId: string | null = null): ViewCheckpoint => ({
  ...{ view, version: 1, position, eventId },
});
const since = (service: string, sincePosition: number) => ({
  ...{ environment: 'production', service, sincePosition, digests: `from ${sincePosition}` },
});

/** Texts that a statement, an array or an encoding might get wrong. */
const TEXTS = ['', ' ', 'null', 'NULL', '{}', '{"a"}', '"', "'", '\\', '\\x00', ',', 'a,b', '𝔘nicode ✓', 'tab\tline\n'];

for (const kind of DATABASES) {
  kind.describe(`rows written to ${kind.name}`, () => {
    let own: OwnDatabase;
    let database: WriteDatabase;
    let rows: RowWriter;

    beforeEach(async () => {
      own = await kind.create();
      database = await WriteDatabase.open(own.url);
      rows = database.rows;
    });
    afterEach(async () => {
      await database.close();
      await own.remove();
    });

    const found = async (...views: string[]) =>
      rows.find(
        CHECKPOINTS,
        views.map((view) => [view]),
      );

    it('are found as they were written, in the order of the keys, and only those that are there', async () => {
      const written = TEXTS.map((text, n) => row(text, 2 ** 40 + n, n % 2 ? text : null));
      await rows.insert(CHECKPOINTS, written);
      const keys = [...TEXTS, 'nobody'].reverse();
      expect(await found(...keys)).toEqual([undefined, ...[...written].reverse()]);
      expect(await found()).toEqual([]);
      expect(await found(TEXTS[3] ?? '', TEXTS[3] ?? '')).toEqual([written[3], written[3]]);
    });

    it('keep any text and any position that JavaScript can hold', async () => {
      const text = fc.string({ unit: 'grapheme', maxLength: 50 }).filter((one) => !one.includes('\0'));
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(text, { maxLength: 20 }), fc.maxSafeNat(), async (texts, position) => {
          await rows.empty(ViewCheckpoint);
          await rows.insert(
            CHECKPOINTS,
            texts.map((one) => row(one, position, one)),
          );
          expect(await found(...texts)).toEqual(texts.map((one) => row(one, position, one)));
        }),
        { numRuns: 30 },
      );
    });

    it('are refused when their key is there, and the others of the transaction with them', async () => {
      await rows.insert(CHECKPOINTS, [row('a', 1)]);
      const twice = database.write(async () => {
        await rows.insert(CHECKPOINTS, [row('b')]);
        await rows.insert(CHECKPOINTS, [row('a', 2)]);
      });
      // Not `toThrow`: to the test runner, an error of a native module may be none.
      expect((await Promise.allSettled([twice]))[0].status).toBe('rejected');
      expect(await found('a', 'b')).toEqual([row('a', 1), undefined]);
    });

    it('stay as they are when they are only to be there', async () => {
      await rows.insertIfAbsent(CHECKPOINTS, [row('a', 1)]);
      await rows.insertIfAbsent(CHECKPOINTS, [row('a', 2), row('b', 3), row('b', 4)]);
      expect(await found('a', 'b')).toEqual([row('a', 1), row('b', 3)]);
    });

    it('are updated each in the columns that change', async () => {
      await rows.insert(CHECKPOINTS, [row('a', 1, 'x'), row('b', 2, 'y'), row('c', 3, 'z')]);
      await rows.update(CHECKPOINTS, [
        { key: ['a'], changes: { position: 10 } },
        { key: ['b'], changes: { eventId: null, version: 7 } },
        { key: ['c'], changes: { position: 30 } },
      ]);
      expect(await found('a', 'b', 'c')).toEqual([
        row('a', 10, 'x'),
        { ...row('b', 2), version: 7 },
        row('c', 30, 'z'),
      ]);
      await rows.update(CHECKPOINTS, []);
    });

    it('that are not there cannot be updated: the error names the table and the key, and nothing is kept', async () => {
      await rows.insert(CHECKPOINTS, [row('a', 1)]);
      const updating = database.write(() =>
        rows.update(CHECKPOINTS, [
          { key: ['a'], changes: { position: 2 } },
          { key: ['gone'], changes: { position: 2 } },
        ]),
      );
      await expect(updating).rejects.toThrow(MissingRowError);
      await expect(updating).rejects.toThrow('"view_checkpoints" has no row gone that could be updated');
      expect(await found('a')).toEqual([row('a', 1)]);
    });

    it('are deleted by their key, if they are there', async () => {
      await rows.insert(DEPRECATIONS, [since('s', 1), since('s', 2), since('t', 1)]);
      await rows.delete(DEPRECATIONS, [
        ['production', 's', 1],
        ['production', 't', 1],
        ['nowhere', 't', 1],
      ]);
      const keys = [
        ['production', 's', 1],
        ['production', 's', 2],
        ['production', 't', 1],
      ];
      expect(await rows.find(DEPRECATIONS, keys)).toEqual([undefined, since('s', 2), undefined]);
      await rows.delete(DEPRECATIONS, []);
    });

    it('are found by the latest of those that share the rest of the key', async () => {
      await rows.insert(DEPRECATIONS, [since('s', 9), since('s', 10), since('s', 2), since('t', 2 ** 40)]);
      const keys = [
        ['production', 't'],
        ['production', 'u'],
        ['production', 's'],
      ];
      const expected = [since('t', 2 ** 40), undefined, since('s', 10)];
      expect(await rows.find(DEPRECATIONS, keys, 'sincePosition')).toEqual(expected);
    });

    it('are all removed from their table, and from no other, unless the transaction fails', async () => {
      await rows.insert(CHECKPOINTS, [row('a')]);
      await rows.insert(DEPRECATIONS, [since('s', 1)]);
      const failing = database.write(async () => {
        await rows.empty(ViewCheckpoint);
        throw new Error('changed its mind');
      });
      await expect(failing).rejects.toThrow('changed its mind');
      expect(await found('a')).toEqual([row('a')]);
      await rows.empty(ViewCheckpoint);
      expect(await found('a')).toEqual([undefined]);
      expect(await rows.find(DEPRECATIONS, [['production', 's', 1]])).toEqual([since('s', 1)]);
    });

    it('may be many thousands at once', async () => {
      const many = Array.from({ length: 12_345 }, (_, n) => row(`view ${n}`, n));
      await rows.insert(CHECKPOINTS, many);
      await rows.update(
        CHECKPOINTS,
        many.map(({ view }) => ({ key: [view], changes: { version: 2 } })),
      );
      const all = await rows.find(
        CHECKPOINTS,
        many.map(({ view }) => [view]),
      );
      expect(all.every((one, n) => one?.position === n && one.version === 2)).toBe(true);
      await rows.delete(
        CHECKPOINTS,
        many.slice(1).map(({ view }) => [view]),
      );
      expect(await database.source.manager.count(ViewCheckpoint)).toBe(1);
    });

    it('are compared byte by byte', async () => {
      const standing = (digest: string) => ({
        ...{ environment: 'production', digest, sinceRecordedAt: 'x', sinceOccurredAt: 'x' },
      });
      const digests = ['B', 'a', 'A', 'b', '_', 'ä', '1', 'Z', 'é', '~'];
      await rows.insert({ entity: KnownGoodStanding, key: ['environment', 'digest'] }, digests.map(standing));
      const ordered = await database.source.query<{ digest: string }[]>(
        'SELECT digest FROM known_good_standings ORDER BY digest',
      );
      const byBytes = [...digests].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
      expect(ordered.map(({ digest }) => digest)).toEqual(byBytes);
    });
  });
}
