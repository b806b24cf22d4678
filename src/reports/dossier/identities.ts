import type { ViewEvent } from '../../views/view-event.js';
import type { Facts } from './facts.js';
import { eventLink, none, notRecorded, saidBy, type None, type NotRecorded, type SaidBy } from './words.js';

/** Who wrote, built, approved and promoted, each with the event that says so. */
export interface Identities {
  readonly author: (SaidBy & { readonly subject: string }) | None;
  readonly builder:
    | (SaidBy & {
        readonly pipeline: string;
        readonly run: { readonly id: string; readonly url?: string };
        readonly triggeredBy?: string;
      })
    | None;
  readonly approvers: NotRecorded;
  readonly promoter: Promoter | None;
  /** Who ended the change, where that was somebody else than who began it. */
  readonly switchedBy?: Promoter;
}

type Promoter = SaidBy & {
  readonly subject: string;
  readonly pipeline?: string;
  readonly channel?: string;
  readonly type: string;
};

export const APPROVALS_NEED =
  'Approvals as events of the environment (ChangeApproved), bound to digest, environment and policy revision.';

export function identitiesOf({ artifact, own }: Facts): Identities {
  const [first] = own;
  const last = own.at(-1);
  const isOther = first && last && (first.actor !== last.actor || first.meta.pipeline !== last.meta.pipeline);
  return {
    author: authorOf(artifact),
    builder: builderOf(artifact),
    approvers: notRecorded(APPROVALS_NEED),
    promoter: first ? promoterOf(first) : none('The ledger holds no event of this change.'),
    ...(isOther && { switchedBy: promoterOf(last) }),
  };
}

const UNBAKED = none('No pipeline had baked this digest.');

function authorOf(artifact: Facts['artifact']): Identities['author'] {
  if (!artifact) return UNBAKED;
  if (artifact.sourceAuthor === undefined) return none('The bake names no author of its source.');
  return { subject: artifact.sourceAuthor, ...bakeEvent(artifact) };
}

function builderOf(artifact: Facts['artifact']): Identities['builder'] {
  const run = artifact?.runs[0];
  if (!artifact || !run) return UNBAKED;
  return {
    pipeline: artifact.pipeline,
    run: { id: run.runId, ...(run.url !== undefined && { url: run.url }) },
    ...(run.triggeredBy !== undefined && { triggeredBy: run.triggeredBy }),
    ...bakeEvent(artifact),
  };
}

export const bakeEvent = ({ eventId, position }: NonNullable<Facts['artifact']>): SaidBy => ({
  eventId,
  position,
  link: eventLink(eventId),
});

function promoterOf(event: ViewEvent): Promoter {
  const { pipeline, channel } = event.meta;
  return {
    subject: event.actor,
    ...(pipeline !== undefined && { pipeline }),
    ...(channel !== undefined && { channel }),
    type: event.type,
    ...saidBy(event),
  };
}
