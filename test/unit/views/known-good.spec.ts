import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalize } from 'json-canonicalize';
import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { evolve, initialState, type EnvironmentState } from '../../../src/domain/environment/state.js';
import type { EnvironmentEvent } from '../../../src/domain/environment/events.js';
import type { Happened } from '../../../src/domain/event.js';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import type { WriteDatabase } from '../../../src/views/database.js';
import { fingerprintOf } from '../../../src/views/known-good/fingerprint.js';
import { knownGoodProjector } from '../../../src/views/known-good/projector.js';
import { KnownGoodQueries } from '../../../src/views/known-good/queries.js';
import { isSqlite } from '../../../src/views/read-rows.js';
import { ProjectionRunner } from '../../../src/views/runner.js';
import { describeOnOpenViews, type OpenViews } from '../../support/every-database.js';
import { at, defined, digestOf, facts, FakeLedger, promotionFacts } from './ledger.js';
import { ENVIRONMENTS, steps, tell } from './model.js';

let database: WriteDatabase;
let queries: KnownGoodQueries;
let runs: OpenViews['runs'];

const use = (views: OpenViews): void => {
  ({ database, runs } = views);
  queries = new KnownGoodQueries(views.source);
};

async function project(ledger: FakeLedger): Promise<void> {
  const runner = await ProjectionRunner.start(ledger, database, [knownGoodProjector]);
  await runner.restart();
  while (await runner.step());
}

interface Folded {
  revision: number;
  live: Map<string, { digest: string; changeId: string; since: string; sinceOccurredAt: string }>;
}

interface MoveData {
  readonly environment: string;
  readonly service: string;
  readonly digest: string;
  readonly changeId: string;
  readonly unchanged?: boolean;
}

/** The live set worked out the plain way: every event in order, nothing of the product's. */
function fold(events: readonly RecordedEvent[], environment: string): Folded {
  const folded: Folded = { revision: 0, live: new Map() };
  for (const event of events) {
    const data = JSON.parse(event.data) as MoveData;
    if (data.environment !== environment || data.unchanged) continue;
    const { service, digest, changeId } = data;
    if (event.type === 'ArtifactPromoted.v1' || event.type === 'ArtifactRolledBack.v1') {
      folded.live.set(service, { digest, changeId, since: event.recordedAt, sinceOccurredAt: event.occurredAt });
      folded.revision = event.revision;
    } else if (event.type === 'ServiceRetired.v1' && folded.live.delete(service)) {
      folded.revision = event.revision;
    }
  }
  return folded;
}

function decided(events: readonly RecordedEvent[], environment: string): EnvironmentState {
  return events
    .filter((event) => event.stream === `environment-${environment}`)
    .map(
      (event) =>
        ({ ...event, data: JSON.parse(event.data) as unknown, remarks: {} }) as unknown as Happened<EnvironmentEvent>,
    )
    .reduce(evolve, initialState());
}

async function expectFolded(environment: string, moment: { position: number; occurredBy?: string }, folded: Folded) {
  const state = await queries.stateAt(environment, moment);
  const found = state.services.map(({ service, digest, changeId, since, sinceOccurredAt }) => [
    service,
    { digest, changeId, since, sinceOccurredAt },
  ]);
  expect(found).toEqual([...folded.live].sort(([left], [right]) => (left < right ? -1 : 1)));
  expect(state.revision).toBe(folded.revision);
}

describeOnOpenViews('the state at any moment', use, () => {
  it('is what a straight fold of the events gives, by position, by occurrence and by both', async () => {
    const moments = fc.array(fc.record({ position: fc.nat(62), minutes: fc.nat(120) }), { minLength: 4, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, moments, async (history, asked) => {
        const ledger = tell(history);
        await project(ledger);
        const head = ledger.events.length - 1;
        for (const environment of ENVIRONMENTS) {
          for (const { position, minutes } of asked) {
            const occurredBy = at(minutes);
            const recorded = ledger.events.filter((event) => event.position <= position);
            const occurred = ledger.events.filter((event) => event.occurredAt <= occurredBy);
            const both = recorded.filter((event) => event.occurredAt <= occurredBy);
            await expectFolded(environment, { position }, fold(recorded, environment));
            await expectFolded(environment, { position: head, occurredBy }, fold(occurred, environment));
            await expectFolded(environment, { position, occurredBy }, fold(both, environment));
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it('is what the domain decides on: live, deprecated, revision, withdrawn', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const ledger = tell(history);
        await project(ledger);
        for (const environment of ENVIRONMENTS) {
          const state = decided(ledger.events, environment);
          if (state.status === 'undefined') throw new Error('the model defines every environment');
          const view = await queries.stateAt(environment, { position: ledger.events.length - 1 });
          const live = [...state.services].flatMap(([service, { live: instance, deprecated }]) =>
            instance ? [{ service, ...instance, deprecated: deprecated.map(({ digest }) => digest) }] : [],
          );
          expect(view.services.map(({ since: _since, sinceOccurredAt: _occurred, ...service }) => service)).toEqual(
            live.sort((left, right) => (left.service < right.service ? -1 : 1)),
          );
          expect(view.revision).toBe(state.knownGoodRevision);
          for (const digest of state.withdrawn.keys())
            expect(await queries.standing(environment, digest)).toBeUndefined();
          for (const { digest } of live) {
            if (!state.withdrawn.has(digest)) expect(await queries.standing(environment, digest)).toBeDefined();
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });
});

describeOnOpenViews('a digest', use, () => {
  const stream = 'environment-production';

  function promote(ledger: FakeLedger, artifact: string, replaced?: string, recycled = false): void {
    const data = promotionFacts({ artifact, changeId: ledger.nextId });
    const before = replaced && { replaced: { digest: digestOf(replaced), changeId: ledger.events[0]?.id } };
    ledger.append({ stream, type: 'ArtifactPromoted.v1', data: { ...data, ...before, recycled, unchanged: false } });
  }

  function rollBack(ledger: FakeLedger, artifact: string, withdrawn: string): void {
    const data = facts({ artifact, changeId: ledger.nextId });
    const from = { withdrawn: { digest: digestOf(withdrawn), changeId: ledger.events[0]?.id } };
    ledger.append({ stream, type: 'ArtifactRolledBack.v1', data: { ...data, ...from, unchanged: false } });
  }

  it('stays known-good when it is replaced, is withdrawn by a roll-back, and begins anew when it is switched to', async () => {
    const ledger = new FakeLedger();
    ledger.append(defined('production'));
    promote(ledger, 'one');
    promote(ledger, 'two', 'one');
    await project(ledger);
    expect(await queries.standing('production', digestOf('one'))).toEqual({
      sinceRecordedAt: at(1),
      sinceOccurredAt: at(1),
    });
    rollBack(ledger, 'one', 'two');
    await project(ledger);
    expect(await queries.standing('production', digestOf('two'))).toBeUndefined();
    expect(await queries.wasLive('production', 'payments', digestOf('two'))).toBeUndefined();
    expect(await queries.standing('production', digestOf('one'))).toMatchObject({ sinceRecordedAt: at(1) });
    expect(await queries.wasLive('production', 'payments', digestOf('one'))).toEqual({
      ...{ digest: digestOf('one'), component: 'payments', version: 'one', layer: 'application' },
      changeId: ledger.events[3]?.id,
    });
    promote(ledger, 'two', 'one');
    await project(ledger);
    expect(await queries.standing('production', digestOf('two'))).toMatchObject({ sinceRecordedAt: at(4) });
    expect(await queries.wasLive('production', 'web', digestOf('two'))).toBeUndefined();
  });

  it('is told to be live, deprecated or ended where it was, as of any position', async () => {
    const ledger = new FakeLedger();
    ledger.append(defined('production'));
    promote(ledger, 'one');
    promote(ledger, 'two', 'one');
    ledger.append({ stream, type: 'ArtifactRetired.v1', data: facts({ artifact: 'one', changeId: ledger.nextId }) });
    rollBack(ledger, 'one', 'two');
    const gone = { ...facts({ artifact: 'one', changeId: ledger.nextId }), recycled: [digestOf('two')] };
    ledger.append({ stream, type: 'ServiceRetired.v1', data: gone });
    await project(ledger);

    const place = { environment: 'production', service: 'payments' };
    const first = { ...place, since: at(1), sinceOccurredAt: at(1), changeId: ledger.events[1]?.id };
    const replaced = { ...first, until: at(2), untilOccurredAt: at(2), endedBy: 'replaced' };
    const where = (artifact: string, position: number) => queries.whereabouts(digestOf(artifact), position);
    expect(await where('one', 0)).toEqual([]);
    expect(await where('one', 1)).toEqual([{ ...first, status: 'live' }]);
    expect(await where('one', 2)).toEqual([{ ...replaced, status: 'deprecated' }]);
    expect(await where('one', 3)).toEqual([{ ...replaced, status: 'ended' }]);
    const again = { ...place, since: at(4), sinceOccurredAt: at(4), changeId: ledger.events[4]?.id };
    expect(await where('one', 4)).toEqual([
      { ...again, status: 'live' },
      { ...replaced, status: 'ended' },
    ]);
    expect(await where('two', 4)).toMatchObject([{ until: at(4), endedBy: 'rolled-back', status: 'deprecated' }]);
    expect(await where('one', 5)).toMatchObject([{ until: at(5), endedBy: 'retired', status: 'ended' }, {}]);
    expect(await where('two', 5)).toMatchObject([{ endedBy: 'rolled-back', status: 'ended' }]);
    expect(await queries.stateAt('production', { position: 5 })).toMatchObject({ revision: 5, services: [] });
  });
});

describeOnOpenViews('the history', use, () => {
  it('is never gone through to answer for a moment: each service is two seeks', async () => {
    const asked: string[] = [];
    const spied = {
      sql: (text: TemplateStringsArray) => {
        asked.push(text.join("'0'"));
        return Promise.resolve([]);
      },
    };
    await new KnownGoodQueries(spied as unknown as DataSource).stateAt('production', { position: 1 });
    await new KnownGoodQueries(spied as unknown as DataSource).stateAt('production', {
      position: 1,
      occurredBy: at(1),
    });
    expect(asked).toHaveLength(4);
    if (!isSqlite(database.source)) await fillOnPostgres();
    for (const sql of asked) {
      if (isSqlite(database.source)) await expectSeeks(sql);
      else await expectSeeksOnPostgres(sql);
    }
  });

  async function expectSeeks(sql: string): Promise<void> {
    const plan = await database.source.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`);
    const searches = plan.map(({ detail }) => detail).filter((detail) => /^(SEARCH|SCAN)/.test(detail));
    expect(searches).toHaveLength(4);
    expect(searches[0]).toMatch(/^SEARCH s USING PRIMARY KEY \(environment=\?\)$/);
    expect(searches[1]).toMatch(/^SEARCH n USING .*\(environment=\? AND service=\? AND since_\w+<\?\)$/);
    expect(searches[2]).toBe('SCAN newest');
    expect(searches[3]).toMatch(
      /^SEARCH [id] USING PRIMARY KEY \(environment=\? AND service=\? AND since_position=\?\)$/,
    );
  }

  /** Through a short history PostgreSQL takes another way, by what it knows of the tables: this is of a long one. */
  async function expectSeeksOnPostgres(sql: string): Promise<void> {
    const plan = await database.source.query<Record<string, string>[]>(`EXPLAIN (COSTS OFF) ${sql}`);
    const lines = plan.map((line) => line['QUERY PLAN'] ?? '');
    const conditions = lines.filter((line) => line.includes('Index Cond'));
    expect(lines.filter((line) => /Seq Scan on known_good_(?!services)|Hash|Sort/.test(line))).toEqual([]);
    expect(conditions.at(-2)).toMatch(
      /environment = s\.environment\) AND \(service = s\.service\) AND \(since_\w+ <= /,
    );
    expect(conditions.at(-1)).toMatch(/service = newest\.service\) AND \(since_position = newest\.since_position\)/);
  }

  async function fillOnPostgres(): Promise<void> {
    const places = `FROM generate_series(1, 4) e, generate_series(1, 5) s`;
    const place = `CASE e WHEN 1 THEN 'production' ELSE 'e' || e END, 's' || s`;
    const statements = [
      `INSERT INTO known_good_services SELECT ${place} ${places}`,
      `INSERT INTO known_good_intervals (environment, service, since_position, since_recorded_at, since_occurred_at, revision)
       SELECT ${place}, n, lpad(n::text, 9), lpad(n::text, 9), n ${places}, generate_series(1, 1000) n`,
      `INSERT INTO known_good_deprecations SELECT ${place}, n, '[]' ${places}, generate_series(1, 1000) n`,
      'ANALYZE',
    ];
    for (const statement of statements) await database.run(statement);
  }
});

describe('the fingerprint', () => {
  it('is the SHA-256 of the canonical pairs, whatever their order', () => {
    const expected = createHash('sha256')
      .update(
        canonicalize([
          ['a', 'sha256:1'],
          ['é', 'sha256:2'],
          ['\u{1F600}', 'sha256:3'],
        ]),
      )
      .digest('hex');
    const services = [
      { service: '\u{1F600}', digest: 'sha256:3' },
      { service: 'a', digest: 'sha256:1' },
      { service: 'é', digest: 'sha256:2' },
    ];
    expect(fingerprintOf(services)).toBe(expected);
    expect(fingerprintOf([])).toBe(createHash('sha256').update('[]').digest('hex'));
  });
});
