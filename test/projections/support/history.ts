import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { REFUSAL_REASONS } from '../../../src/domain/refusal.js';
import { at, baked, digestOf, FakeLedger, uuid, type Told } from '../../unit/views/ledger.js';
import { ENVIRONMENTS, steps, tell } from '../../unit/views/model.js';

/** What happens beside the changes of environments, told into any place between them. */
interface Aside {
  readonly kind: 'bake' | 'attest' | 'revoke' | 'refuse' | 'refuse-pipeline' | 'report' | 'resolve';
  readonly artifact: string;
  readonly environment: string;
  readonly reason: (typeof REFUSAL_REASONS)[number];
  /** Of the incident, and of the run that bakes. */
  readonly number: number;
  readonly minutes: number;
  /** Where it comes, as a share of the way. */
  readonly place: number;
}

const aside: fc.Arbitrary<Aside> = fc.record({
  kind: fc.constantFrom('bake', 'bake', 'attest', 'revoke', 'refuse', 'refuse-pipeline', 'report', 'resolve'),
  artifact: fc.constantFrom('a', 'b', 'c', 'd'),
  environment: fc.constantFrom(...ENVIRONMENTS),
  reason: fc.constantFrom(...REFUSAL_REASONS),
  number: fc.integer({ min: 1, max: 3 }),
  // Up to four months.
  minutes: fc.integer({ min: 0, max: 4 * 31 * 24 * 60 }),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A ledger of changes, refusals, bakes and incidents in any order that the ledger could have taken them in. */
export const histories: fc.Arbitrary<FakeLedger> = fc
  .tuple(steps, fc.array(aside, { maxLength: 30 }))
  .map(([changes, asides]) => mixed(tell(changes).events, asides));

function mixed(changes: readonly RecordedEvent[], asides: readonly Aside[]): FakeLedger {
  const ledger = new FakeLedger();
  const placed = [...asides].sort((left, right) => left.place - right.place);
  const incidents = new Set<number>();
  const revisions = new Map<string, number>();
  const keep = (event: RecordedEvent): void => {
    const revision = (revisions.get(event.stream) ?? -1) + 1;
    revisions.set(event.stream, revision);
    const position = ledger.events.length;
    ledger.events.push({ ...event, position, revision, recordedAt: at(position) });
  };
  changes.forEach((change, index) => {
    while (placed[0] && placed[0].place * changes.length <= index) tellAside(placed.shift() as Aside);
    keep(change);
  });
  for (const rest of placed) tellAside(rest);
  return ledger;

  function tellAside(one: Aside): void {
    if (one.kind === 'resolve' && !incidents.has(one.number)) return;
    if (one.kind === 'report' && incidents.has(one.number)) return;
    if (one.kind === 'report') incidents.add(one.number);
    // Ids of the changes are counted from zero; these are far from them.
    const id = uuid(100_000 + ledger.events.length);
    const told = new FakeLedger().append({ occurredAt: at(one.minutes), ...toldOf(one, id) });
    keep({ ...told, id });
  }
}

function toldOf({ kind, artifact, environment, reason, number, minutes }: Aside, id: string): Told {
  const digest = digestOf(artifact);
  const stream = `artifact-sha256-${digest.slice(7)}`;
  const blamed = { changeId: uuid(number), environment, service: 'web', component: 'web', digest };
  switch (kind) {
    case 'bake': {
      const bake = baked(artifact);
      return { ...bake, data: { ...bake.data, run: { id: `${number}` } } };
    }
    case 'attest':
      return {
        stream,
        type: 'AttestationRecorded.v1',
        data: { digest, type: 'scan', result: 'passed', pipeline: 'ci' },
      };
    case 'revoke':
      return { stream, type: 'ArtifactRevoked.v1', data: { digest, severity: 'high' } };
    case 'refuse': {
      const subject = { digest, service: 'web', component: 'payments', layer: 'application', pipeline: 'ci' };
      const refusal = { reason, detail: 'No.', rule: 'always', hint: 'Do.', environment };
      return { stream: `refusal-${id}`, type: 'ChangeRefused.v1', data: { command: 'promote', subject, ...refusal } };
    }
    case 'refuse-pipeline': {
      const refusal = { reason, detail: 'No.', rule: 'always', hint: 'Do.' };
      const data = { command: 'bake', subject: { pipeline: 'ci' }, ...refusal };
      return { stream: `refusal-${id}`, type: 'ChangeRefused.v1', data };
    }
    case 'report': {
      const data = { id: `i-${number}`, severity: 'P2', startedAt: at(minutes) };
      // An odd one blames a change, an even one only says where, or not even that.
      const where = number % 2 === 1 ? { environment, blamed } : artifact === 'a' ? {} : { environment };
      return { stream: `incident-i-${number}`, type: 'IncidentReported.v1', data: { ...data, ...where } };
    }
    case 'resolve': {
      const data = { id: `i-${number}`, resolvedAt: at(minutes), blamed };
      return { stream: `incident-i-${number}`, type: 'IncidentResolved.v1', data };
    }
  }
}
