import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '../../src/event-store/port.js';
import { EventIndex } from '../../src/views/events/entity.js';
import { baked, digestOf, facts, FakeLedger, promotionFacts } from '../unit/views/ledger.js';
import type { Ran } from './support/engine.js';
import { histories } from './support/history.js';
import { skippedOf, spoiltHistories } from './support/malformed.js';
import { linkOf, MALFORMED, stored, type StoredEvent } from './support/stored.js';
import { openStage } from './support/stage.js';

interface Facts {
  readonly digest?: string;
  readonly component?: string;
  readonly pipeline?: string;
  readonly run?: { readonly id: string };
  readonly subject?: { readonly digest?: string; readonly component?: string };
  readonly blamed?: { readonly digest?: string; readonly component?: string };
  readonly mendedBy?: { readonly digest: string };
  readonly replaced?: { readonly digest: string };
  readonly withdrawn?: { readonly digest: string };
  readonly recycled?: boolean | readonly string[];
}

type Links = Record<string, string[]>;

const { describeOnEngine, engine, views } = await openStage();

const factsOf = (event: RecordedEvent): Facts => JSON.parse(event.data) as Facts;
const aboutOf = (event: RecordedEvent): Facts => {
  const data = factsOf(event);
  return data.subject ?? data.blamed ?? data;
};

const run = (file: string, events: readonly StoredEvent[]) => engine.run<{ readonly skipped: number }>(file, events);

/** Each stream with what was linked into it, in order. */
function linksOf({ links }: Ran<unknown>): Links {
  const streams: Links = {};
  for (const { stream, event } of links) (streams[stream] ??= []).push(event);
  return streams;
}

function grouped(events: readonly RecordedEvent[], streamsOf: (event: RecordedEvent) => Iterable<string>): Links {
  const streams: Links = {};
  for (const event of events) for (const stream of streamsOf(event)) (streams[stream] ??= []).push(linkOf(event));
  return streams;
}

function byComponent(events: readonly RecordedEvent[]): Links {
  const componentOf = new Map<string, string>();
  return grouped(events, (event) => {
    const { digest, component } = aboutOf(event);
    if (digest && component) componentOf.set(digest, component);
    const found = component ?? (digest && componentOf.get(digest));
    return found ? [`history-component-${found}`] : [];
  });
}

function byArtifact(events: readonly RecordedEvent[]): Links {
  return grouped(events, (event) => {
    const { digest, subject, blamed, mendedBy, replaced, withdrawn, recycled } = factsOf(event);
    const named = [subject, blamed, mendedBy, replaced, withdrawn].map((about) => about?.digest);
    const all = new Set([digest, ...named, ...(Array.isArray(recycled) ? (recycled as string[]) : [])]);
    return [...all].flatMap((one) => (one === undefined ? [] : [`history-artifact-${one.replace(':', '-')}`]));
  });
}

function byRun(events: readonly RecordedEvent[]): Links {
  const runsOf = new Map<string, Set<string>>();
  return grouped(events, (event) => {
    const { digest = '' } = aboutOf(event);
    const runs = runsOf.get(digest) ?? new Set();
    runsOf.set(digest, runs);
    if (event.type !== 'ArtifactBaked.v1') return runs;
    const { pipeline, run } = factsOf(event);
    const name = `history-run-${pipeline}/${run?.id}`;
    runs.add(name);
    return [name];
  });
}

const FOLDS = [
  ['history-by-component', byComponent],
  ['history-by-artifact', byArtifact],
  ['history-by-run', byRun],
] as const;

/** Two versions of a component: the second replaces the first and is rolled back. */
function fixture(): FakeLedger {
  const ledger = new FakeLedger();
  const stream = 'environment-production';
  const [a, b] = [digestOf('a'), digestOf('b')];
  const switched = { recycled: false, unchanged: false };
  ledger.append(baked('a'));
  ledger.append(baked('b'));
  const attested = { digest: b, type: 'scan', result: 'passed', pipeline: 'payments-ci' };
  ledger.append({ stream: `artifact-sha256-${b.slice(7)}`, type: 'AttestationRecorded.v1', data: attested });
  const first = { ...promotionFacts({ artifact: 'a', changeId: 'one' }), ...switched };
  ledger.append({ stream, type: 'ArtifactPromoted.v1', data: first });
  const second = { ...promotionFacts({ artifact: 'b', changeId: 'two' }), ...switched };
  const replaced = { digest: a, changeId: 'one' };
  ledger.append({ stream, type: 'ArtifactPromoted.v1', data: { ...second, replaced } });
  const back = { ...facts({ artifact: 'a', changeId: 'three' }), unchanged: false };
  const withdrawn = { digest: b, changeId: 'two' };
  ledger.append({ stream, type: 'ArtifactRolledBack.v1', data: { ...back, withdrawn } });
  return ledger;
}

const EXPECTED: Record<string, Record<string, number[]>> = {
  'history-by-component': { 'history-component-payments': [0, 1, 2, 3, 4, 5] },
  'history-by-artifact': {
    [`history-artifact-sha256-${digestOf('a').slice(7)}`]: [0, 3, 4, 5],
    [`history-artifact-sha256-${digestOf('b').slice(7)}`]: [1, 2, 4, 5],
  },
  'history-by-run': { 'history-run-payments-ci/run-a': [0, 3, 5], 'history-run-payments-ci/run-b': [1, 2, 4] },
};

describeOnEngine.each(FOLDS)('the projection %s', (file, fold) => {
  it('links each event where it belongs, in order', async () => {
    const { events } = fixture();
    const expected = Object.entries(EXPECTED[file] ?? {}).map(([stream, positions]) => [
      stream,
      positions.map((position) => events[position] && linkOf(events[position])),
    ]);
    const ran = await run(file, events.map(stored));
    expect(linksOf(ran)).toEqual(Object.fromEntries(expected));
    expect(ran.links.every(({ isLink }) => isLink)).toBe(true);
  });

  it('links what a straight fold of the events gives', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ events }) => {
        const ran = await run(file, events.map(stored));
        expect(linksOf(ran)).toEqual(fold(events));
        expect(skippedOf(ran.states)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('skips malformed events and counts them, and links the same without them', async () => {
    const places = [
      ...['ArtifactBaked.v1', 'AttestationRecorded.v1'].map((type) => [type, 'artifact-sha256-00'] as const),
      ...['ArtifactPromoted.v1', 'ServiceRetired.v1'].map((type) => [type, 'environment-production'] as const),
      ...['ChangeRefused.v1'].map((type) => [type, 'refusal-1'] as const),
    ];
    await fc.assert(
      fc.asyncProperty(spoiltHistories(places), async ({ ledger, spoilt, malformed }) => {
        const ran = await run(file, spoilt);
        expect(linksOf(ran)).toEqual(fold(ledger.events));
        // An object that names nothing belongs nowhere; what cannot be read at all is counted.
        expect(skippedOf(ran.states)).toBeLessThanOrEqual(malformed);
        const isUnreadable = ({ data }: StoredEvent) => (MALFORMED as readonly unknown[]).includes(data);
        expect(skippedOf(ran.states)).toBeGreaterThanOrEqual(spoilt.filter(isUnreadable).length);
      }),
      { numRuns: 40 },
    );
  });
});

describeOnEngine('the history of an artifact', () => {
  it('has every event that the index of events has under its digest', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (ledger) => {
        await views.rebuildFrom(ledger, ['events']);
        const links = linksOf(await run('history-by-artifact', ledger.events.map(stored)));
        for (const artifact of ['a', 'b', 'c', 'd']) {
          const digest = digestOf(artifact);
          const indexed = await views.source.manager.findBy(EventIndex, { digest });
          const linked = links[`history-artifact-${digest.replace(':', '-')}`] ?? [];
          expect(linked).toEqual(
            expect.arrayContaining(indexed.map(({ stream, revision }) => `${revision}@${stream}`)),
          );
        }
      }),
      { numRuns: 25 },
    );
  });
});

describeOnEngine('the history of a run', () => {
  it('goes on in the last sixteen runs that baked the same bytes', async () => {
    const ledger = new FakeLedger();
    for (let run = 1; run <= 20; run += 1) {
      const bake = baked('a');
      ledger.append({ ...bake, data: { ...bake.data, run: { id: `${run}` } } });
    }
    const data = { ...promotionFacts({ artifact: 'a', changeId: 'one' }), recycled: true, unchanged: false };
    ledger.append({ stream: 'environment-production', type: 'ArtifactPromoted.v1', data });
    const links = linksOf(await run('history-by-run', ledger.events.map(stored)));
    const reached = Object.entries(links).filter(([, events]) => events.length === 2);
    expect(Object.keys(links)).toHaveLength(20);
    expect(reached.map(([stream]) => stream)).toEqual(
      Array.from({ length: 16 }, (_none, index) => `history-run-payments-ci/${index + 5}`),
    );
  });
});
