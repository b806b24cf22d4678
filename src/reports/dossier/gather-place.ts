import type { ViewQueries } from '../../views/queries.js';
import type { Decision, Facts, Known } from './facts.js';
import { findWayBack } from './find-way-back.js';

/** Earlier stays that a way back is looked for in; the domain keeps as many. */
const MOST_STAYS = 17;

type Placed = Pick<
  Facts,
  'environment' | 'policy' | 'before' | 'current' | 'ended' | 'rolledBackBy' | 'target' | 'standing'
>;

const NOWHERE: Placed = {
  environment: undefined,
  policy: undefined,
  before: undefined,
  current: undefined,
  ended: undefined,
  rolledBackBy: undefined,
  target: undefined,
  standing: { atStart: undefined, atDecision: undefined },
};

/** What is known of the environment and of the service there. */
export async function placeFacts(known: Known, views: ViewQueries): Promise<Placed> {
  const { change, decision, position } = known;
  const { environment: name, service, rolledBackBy } = change;
  if (name === undefined) return NOWHERE;
  const environment = await views.environments.get(name, position);
  const policy = await views.environments.policyAt(name, decision.position);
  const standing = await standingFacts(known, environment, views);
  if (service === undefined) return { ...NOWHERE, environment, policy, standing };

  const place = { environment: name, service };
  const stays = await views.knownGood.staysBy(place, position, MOST_STAYS);
  const [current] = stays;
  const isLive = current?.changeId === change.changeId;
  return {
    ...{ environment, policy, standing, current },
    before: await stayBefore(place, decision, views),
    ended:
      decision.by === 'end' && !isLive
        ? await views.knownGood.stayAfter(place, decision.position, position)
        : undefined,
    rolledBackBy: rolledBackBy === undefined ? undefined : await views.changes.get(rolledBackBy, position),
    target: isLive ? await findWayBack(stays, { environment: name, position }, views) : undefined,
  };
}

async function stayBefore(
  place: { environment: string; service: string },
  { position, by }: Decision,
  views: ViewQueries,
): Promise<Facts['before']> {
  // What decided the change began its own stay; what was there before it is wanted.
  const [stay] = await views.knownGood.staysBy(place, by === 'open' ? position : position - 1, 1);
  if (!stay?.digest) return undefined;
  const artifact = (await views.artifacts.summaries([stay.digest], position)).get(stay.digest);
  return { stay, artifact };
}

async function standingFacts(
  { change, decision }: Known,
  environment: Facts['environment'],
  views: ViewQueries,
): Promise<Facts['standing']> {
  const { kind, digest, firstPosition } = change;
  const stage = environment?.promotesFrom;
  if (kind !== 'promotion' || digest === undefined || stage === undefined) return NOWHERE.standing;
  const at = (position: number) => views.knownGood.standingAt(stage, digest, position);
  const atStart = await at(firstPosition - 1);
  return { atStart, atDecision: decision.position === firstPosition ? atStart : await at(decision.position) };
}
