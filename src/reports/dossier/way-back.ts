import type { Facts } from './facts.js';
import { changeLink, none, type None } from './words.js';

/** Where a roll-back would go, or went. */
export type WayBackSection =
  | {
      readonly status: 'available' | 'not-switched' | 'rolled-back';
      readonly digest: string;
      readonly component: string;
      readonly version: string;
      /** The change that last made it live, or the roll-back that went to it. */
      readonly change: { readonly changeId: string; readonly link: string };
      /** What to do, or what was done. */
      readonly how: string;
      /** When it was done. */
      readonly at?: string;
    }
  | None;

export function wayBackOf(facts: Facts): WayBackSection {
  const { change, rolledBackBy } = facts;
  const { service, environment, outcome, kind } = change;
  if (rolledBackBy) return rolledBack(rolledBackBy);
  if (outcome === 'refused') return none('It was refused: there is nothing to go back from.');
  if (kind === 'retirement') return none('A retirement is not rolled back; what it recycled can be promoted again.');
  if (outcome === 'in-progress') return notSwitched(facts);
  if (outcome !== 'succeeded') return none('It never took traffic: there is nothing to go back from.');
  if (change.effect === 'none') return none('It changed nothing: there is nothing to go back from.');
  return facts.current?.changeId === change.changeId
    ? available(facts)
    : none(`It no longer takes the traffic of ${service} in ${environment}${endedHow(facts)}.`);
}

function rolledBack({ digest, component, version, changeId, startedOccurredAt }: NonNullable<Facts['rolledBackBy']>) {
  return {
    status: 'rolled-back',
    ...{ digest: digest ?? '', component: component ?? '', version: version ?? '' },
    change: { changeId, link: changeLink(changeId) },
    how: 'A roll-back took the traffic there.',
    at: startedOccurredAt,
  } as const;
}

function notSwitched({ before, change }: Facts): WayBackSection {
  if (!before?.stay.digest)
    return none('Nothing else took the traffic before; abandoning the candidate leaves nothing.');
  const { digest, component, version, changeId } = before.stay;
  return {
    status: 'not-switched',
    ...{ digest, component: component ?? '', version: version ?? '' },
    change: { changeId: changeId ?? '', link: changeLink(changeId ?? '') },
    how: `It still takes the traffic: abandon the candidate (…/promotions/${change.changeId}/abandonment).`,
  };
}

function available({ target, change }: Facts): WayBackSection {
  const { service, environment } = change;
  if (!target) return none(`No earlier known-good artifact of ${service} is left in ${environment} to go back to.`);
  const { digest, component, version, changeId } = target;
  return {
    status: 'available',
    ...{ digest, component, version, change: { changeId, link: changeLink(changeId) } },
    how: `The last known-good one before it: POST /v1/environments/${environment}/rollbacks goes there.`,
  };
}

function endedHow({ ended }: Facts): string {
  if (!ended) return '';
  const by = ended.changeId === null ? '' : ` by change ${ended.changeId}`;
  return ended.endedBefore === null ? '' : `: it was ${ended.endedBefore}${by}`;
}
