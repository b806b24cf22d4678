import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';
import { tellPopulation, type Told } from '../support/population.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

type Row = Record<string, string | number> & { changeId: string; firstPosition: number };
interface Page {
  position: number;
  window: object;
  count: number;
  rowsHash: string;
  total?: number;
  population?: { count: number; hash: string };
  items: Row[];
  next?: string;
}

const hashOf = (rows: readonly Row[]): string =>
  createHash('sha256')
    .update(rows.map((row) => `${canonicalize(row)}\n`).join(''))
    .digest('hex');

describeOnEveryDatabase('the population of changes', (url) => {
  let server: TestServer;
  let told: Told;
  let all: Row[];
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    told = await tellPopulation(server);
    all = await everyRow(`minPosition=${told.last}`);
  });
  afterAll(() => server.stop());

  const get = async (query: string): Promise<Page> => {
    const answer = await told.shop.auditor.get<Page>(`/v1/changes?${query}`);
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.body;
  };

  /** Page after page. */
  async function everyRow(query: string, limit = 40): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor = ''; ;) {
      const page: Page = await get(`${query}&order=asc&limit=${limit}${cursor}`);
      rows.push(...page.items);
      if (page.next === undefined) return rows;
      cursor = `&cursor=${page.next}`;
    }
  }

  const VALUED = [
    ...(['environment', 'service', 'component', 'layer', 'digest', 'pipeline', 'actor', 'outcome', 'reason'] as const),
    ...(['type', 'kind', 'ticket', 'effect'] as const),
  ];

  it('has changes of every outcome to ask for', () => {
    expect(all.length).toBeGreaterThan(70);
    const outcomes = ['abandoned', 'failed', 'in-progress', 'refused', 'rolled-back', 'succeeded'];
    expect([...new Set(all.map(({ outcome }) => outcome))].sort()).toEqual(outcomes);
  });

  it('answers each filter with what asking every row gives', async () => {
    for (const field of VALUED) {
      const values = [...new Set(all.flatMap((row) => (row[field] === undefined ? [] : [String(row[field])])))];
      expect(values.length).toBeGreaterThan(0);
      for (const value of values.slice(0, 8)) {
        const expected = all.filter((row) => row[field] === value);
        const page = await get(`${field}=${encodeURIComponent(value)}&order=asc&limit=500&total=true`);
        expect(page).toMatchObject({ total: expected.length, count: expected.length, rowsHash: hashOf(expected) });
        expect(page.items).toEqual(expected);
      }
    }
  });

  it('answers any combination, with count and hash', async () => {
    const time = fc.option(fc.constantFrom(...all.flatMap((row) => [row['startedAt'], row['startedOccurredAt']])));
    const combination = fc.record({
      fields: fc.uniqueArray(fc.constantFrom(...VALUED), { maxLength: 3 }),
      rows: fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: 3 }),
      clock: fc.constantFrom('recorded', 'occurred'),
      on: fc.constantFrom('started', 'finished'),
      from: time,
      to: time,
      order: fc.constantFrom('asc', 'desc'),
    });
    await fc.assert(
      fc.asyncProperty(combination, async ({ fields, rows, clock, on, from, to, order }) => {
        fc.pre(from === null || to === null || from === undefined || to === undefined || from < to);
        const asked = fields.map((field) => ({
          field,
          values: rows.flatMap((row) => (row[field] === undefined ? [] : [String(row[field])])),
        }));
        const end = `${on}${clock === 'occurred' ? 'OccurredAt' : 'At'}`;
        const expected = all
          .filter((row) => asked.every(({ field, values }) => !values.length || values.includes(String(row[field]))))
          .filter((row) => !from || (row[end] ?? '') >= from)
          .filter((row) => !to || (row[end] !== undefined && row[end] < to));
        const query = new URLSearchParams([
          ...asked.flatMap(({ field, values }) => values.map((value) => [field, value])),
          ...Object.entries({ clock, on, order, limit: '500', total: 'true', populationHash: 'true' }),
          ...(from ? [['from', String(from)]] : []),
          ...(to ? [['to', String(to)]] : []),
        ]);
        const page = await get(`${query.toString()}&asOf=${told.last}`);
        expect(page.items).toEqual(order === 'asc' ? expected : [...expected].reverse());
        expect(page.population).toEqual({ count: expected.length, hash: hashOf(expected) });
        expect(page.total).toBe(expected.length);
        expect(page.window).toEqual({ from: from ?? null, to: to ?? null, clock, on });
      }),
      { numRuns: 60 },
    );
  });

  it('gives the fields that are asked for, repeated or with commas, and always the changeId', async () => {
    const page = await get('fields=outcome,actor&fields=note&limit=5');
    for (const row of page.items) {
      expect(Object.keys(row).every((name) => ['actor', 'changeId', 'note', 'outcome'].includes(name))).toBe(true);
      expect(row).toHaveProperty('changeId');
    }
    expect(page.rowsHash).toBe(hashOf(page.items));
    const unknown = await told.shop.auditor.get('/v1/changes?fields=outcome,nonsense');
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('fields must be some of about')]);
  });

  it('states window, position, count and hash in every list', async () => {
    for (const list of ['changes', 'artifacts', 'events', 'incidents', 'samples']) {
      const { body } = await told.shop.auditor.get<Page>(`/v1/${list}?limit=7`);
      expect(body).toMatchObject({ position: expect.any(Number), window: { from: null, to: null } });
      expect(body).toMatchObject({ count: body.items.length, rowsHash: hashOf(body.items) });
    }
  });

  it('is paged through exactly once while writers write', async () => {
    const writers = [0, 1].map(async (writer) => {
      for (let n = 0; n < 25; n++) {
        const digest = digestOf(`busy ${writer} ${n}`);
        await told.shop.pipeline.post('/v1/artifacts', bakeOf(digest, `busy-${writer}`));
        await told.shop.pipeline.post('/v1/environments/dev/promotions', promotionOf(digest));
        await told.shop.pipeline.post('/v1/environments/production/promotions', promotionOf(digestOf('no one’s')));
      }
    });
    const readers = [
      '',
      'outcome=succeeded&outcome=refused',
      'environment=dev',
      'clock=occurred&from=2026-01-05T00:00:00Z',
    ];
    const walks = readers.map(async (filter) => {
      const first = await get(`${filter}&limit=4`);
      const rows = [...first.items];
      for (let { next } = first; next !== undefined;) {
        const page: Page = await get(`${filter}&limit=4&cursor=${next}`);
        expect(page.position).toBe(first.position);
        rows.push(...page.items);
        next = page.next;
      }
      return { filter, rows, position: first.position };
    });
    const [walked] = [await Promise.all(walks), await Promise.all(writers)];
    for (const { filter, rows, position } of walked) {
      expect(new Set(rows.map(({ changeId }) => changeId)).size).toBe(rows.length);
      const again = await everyRow(`${filter}&asOf=${position}`, 500);
      expect([...rows].reverse()).toEqual(again);
    }
  });
});
