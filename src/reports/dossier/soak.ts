import type { StandingAt } from '../../views/known-good/service-history.js';
import type { Facts } from './facts.js';
import { changeLink, none, saidBy, type None, type SaidBy } from './words.js';

/** How long the digest had been known-good in the environment that this one promotes from. */
export interface SoakSection {
  readonly environment: string;
  /** What the policy asked for: an ISO 8601 duration. */
  readonly required?: string;
  readonly since: { readonly recordedAt: string; readonly occurredAt: string };
  readonly change: { readonly changeId: string; readonly link: string };
  readonly saidBy?: SaidBy;
  readonly atStart: Soaked | None;
  /** Where the change was switched, or ended, later than it began. */
  readonly atEnd?: Soaked | None;
}

/** By each clock: the ledger's own, and the pipelines'. */
interface Soaked {
  readonly recordedMs: number;
  readonly occurredMs: number;
}

export function soakOf({ change, environment, policy, standing, own, eventAt }: Facts): SoakSection | None {
  if (change.kind !== 'promotion') return none(`Only a promotion soaks: this is a ${change.kind}.`);
  if (!environment) return none('The environment is not defined.');
  const { promotesFrom } = environment;
  if (promotesFrom === undefined) return none(`${environment.name} promotes from no other environment.`);
  const counted = standing.atDecision ?? standing.atStart;
  if (!counted) return none(`It was not known-good in ${promotesFrom}.`);
  const [first] = own;
  const last = own.at(-1);
  const event = eventAt.get(counted.position);
  return {
    environment: promotesFrom,
    ...(policy && { required: policy.policy.soak }),
    since: { recordedAt: counted.sinceRecordedAt, occurredAt: counted.sinceOccurredAt },
    change: { changeId: counted.changeId, link: changeLink(counted.changeId) },
    ...(event && { saidBy: saidBy(event) }),
    atStart: soaked(standing.atStart, first),
    ...(last && last !== first && { atEnd: soaked(standing.atDecision, last) }),
  };
}

function soaked(standing: StandingAt | undefined, event: Facts['own'][number] | undefined): Soaked | None {
  if (!standing || !event) return none('It did not stand there at that time.');
  return {
    recordedMs: Date.parse(event.recordedAt) - Date.parse(standing.sinceRecordedAt),
    occurredMs: Date.parse(event.occurredAt) - Date.parse(standing.sinceOccurredAt),
  };
}
