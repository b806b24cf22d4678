import fc from 'fast-check';
import { at, defined, facts, FakeLedger, promotionFacts } from './ledger.js';

/**
 * Valid histories of environments, by a small model of its own: it knows what is live, deprecated and open, and tells
 * only what the rules would let happen.
 */
export interface Step {
  readonly environment: string;
  readonly service: string;
  readonly artifact: string;
  readonly act:
    'promote' | 'start' | 'validate' | 'fail' | 'abandon' | 'switch' | 'roll-back' | 'retire' | 'retire-all';
  /** Minutes by which the service's own clock goes on. */
  readonly later: number;
}

export const ENVIRONMENTS = ['staging', 'production'];

/** Those that move the live set come more often. */
const ACTS: readonly Step['act'][] = [
  ...(['promote', 'promote', 'start', 'validate', 'fail', 'abandon', 'switch', 'switch'] as const),
  ...(['roll-back', 'roll-back', 'retire', 'retire-all'] as const),
];

export const step: fc.Arbitrary<Step> = fc.record({
  environment: fc.constantFrom(...ENVIRONMENTS),
  service: fc.constantFrom('payments', 'ledger', 'web'),
  artifact: fc.constantFrom('a', 'b', 'c', 'd'),
  act: fc.constantFrom(...ACTS),
  later: fc.constantFrom(0, 0, 1, 5, 40),
});

export const steps: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 60 });

interface Modelled {
  live?: { artifact: string; changeId: string };
  open?: { artifact: string; changeId: string };
  deprecated: string[];
  minutes: number;
}

export function tell(history: readonly Step[]): FakeLedger {
  const ledger = new FakeLedger();
  for (const environment of ENVIRONMENTS) ledger.append(defined(environment));
  const services = new Map<string, Modelled>();
  for (const step of history) {
    const key = `${step.environment} ${step.service}`;
    const service = services.get(key) ?? { deprecated: [], minutes: 0 };
    services.set(key, service);
    service.minutes += step.later;
    happen(step, service, ledger);
  }
  return ledger;
}

function happen({ environment, service, artifact, act }: Step, now: Modelled, ledger: FakeLedger): void {
  const stream = `environment-${environment}`;
  const occurredAt = at(now.minutes);
  const { live, open } = now;
  const changeId = ledger.nextId;
  const known = { environment, service };
  const replaced = live && { replaced: { digest: facts({ ...live }).digest, changeId: live.changeId } };
  const move = (next: { artifact: string; changeId: string }, keepsOld: boolean) => {
    now.deprecated = now.deprecated.filter((other) => other !== next.artifact);
    if (live && keepsOld) now.deprecated.push(live.artifact);
    now.live = next;
  };
  const tellOf = (type: string, data: object) => ledger.append({ stream, type, occurredAt, data });

  if (act === 'promote' && !open) {
    const unchanged = live?.artifact === artifact;
    const data = { ...promotionFacts({ ...known, artifact, changeId }), strategy: 'all-at-once', recycled: !unchanged };
    tellOf('ArtifactPromoted.v1', { ...data, ...(unchanged ? {} : replaced), unchanged });
    if (!unchanged) move({ artifact, changeId }, false);
  } else if (act === 'start' && !open) {
    tellOf('PromotionStarted.v1', promotionFacts({ ...known, artifact, changeId }));
    now.open = { artifact, changeId };
  } else if (act === 'validate' && open) {
    tellOf('CandidateValidated.v1', facts({ ...known, ...open }));
  } else if ((act === 'fail' || act === 'abandon') && open) {
    tellOf(act === 'fail' ? 'CandidateFailed.v1' : 'PromotionAbandoned.v1', facts({ ...known, ...open }));
    delete now.open;
  } else if (act === 'switch' && open) {
    const unchanged = live?.artifact === open.artifact;
    const data = { ...promotionFacts({ ...known, ...open }), recycled: false, unchanged };
    tellOf('ArtifactPromoted.v1', { ...data, ...(unchanged ? {} : replaced) });
    if (!unchanged) move(open, true);
    delete now.open;
  } else if (act === 'roll-back') {
    const unchanged = live?.artifact === artifact;
    const withdrawn = unchanged || !live ? {} : { withdrawn: replaced?.replaced };
    tellOf('ArtifactRolledBack.v1', { ...facts({ ...known, artifact, changeId }), ...withdrawn, unchanged });
    if (!unchanged) move({ artifact, changeId }, true);
  } else if (act === 'retire' && now.deprecated.includes(artifact)) {
    tellOf('ArtifactRetired.v1', facts({ ...known, artifact, changeId }));
    now.deprecated = now.deprecated.filter((other) => other !== artifact);
  } else if (act === 'retire-all' && (live || now.deprecated.length > 0)) {
    const data = facts({ ...known, artifact: live?.artifact ?? now.deprecated.at(-1) ?? artifact, changeId });
    const recycled = now.deprecated.map((other) => facts({ ...known, artifact: other, changeId }).digest);
    tellOf('ServiceRetired.v1', { ...data, ...replaced, recycled });
    delete now.live;
    delete now.open;
    now.deprecated = [];
  }
}
