import type { DomainEvent } from '../domain/event.js';
import type { ChangeRefused, Refusal } from '../domain/refusal.js';
import { refusalStream } from '../domain/streams.js';
import type { Append, Appended, EventReader, NewEvent, RecordedEvent } from '../event-store/port.js';
import type { Aggregate } from './aggregate.js';
import { encode, fingerprintOf, freshSalts, isAnswerTo, type EventMeta } from './encoding.js';
import type { CommandResult, Envelope, Receipt } from './envelope.js';
import { eventIdFor, newEventId } from './event-id.js';
import type { RefusalBound } from './refusal-bound.js';
import { DecisionScope } from './scope.js';
import type { StateCache } from './state-cache.js';

/** Any aggregate's own command; the aggregate that comes with it knows what it is. */
export interface NamedCommand {
  readonly kind: string;
  readonly remarks: { readonly reason?: string; readonly ticket?: string };
}

export interface Job {
  /** Set once an append of it has met a conflict: from then on nothing is assumed. */
  hasConflicted?: boolean;
  /** Set once a refusal of it was given a place in the ledger: decided again, it takes no second one. */
  hasPlace?: boolean;
  readonly aggregate: Aggregate<NamedCommand, unknown, DomainEvent, unknown>;
  readonly command: NamedCommand;
  readonly envelope: Envelope;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: unknown) => void;
}

/** What a decision came to: an event to append and the answer that goes with it, or an answer at once. */
export type Plan =
  | { readonly kind: 'answer'; readonly result: CommandResult }
  | { readonly kind: 'append'; readonly append: Append; readonly answer: (appended: Appended) => CommandResult }
  /** The same key is in the batch already; its event must be there before this one can be answered. */
  | { readonly kind: 'after-batch' };

export interface PlannerOptions {
  readonly cache: StateCache;
  readonly reader: EventReader;
  readonly settled: (stream: string) => Promise<boolean>;
  readonly clock: () => Date;
  readonly refusals: RefusalBound;
}

/** Decides commands one after the other, each on the state that those before it have left. Writes nothing. */
export class Planner {
  constructor(private readonly options: PlannerOptions) {}

  async plan(job: Job, plannedIds: ReadonlySet<string>): Promise<Plan> {
    const { aggregate, command, envelope } = job;
    const { idempotencyKey, actor } = envelope;
    const eventId = idempotencyKey === undefined ? newEventId() : eventIdFor(actor, idempotencyKey);
    const asked = idempotencyKey === undefined ? undefined : { ...command, ...keyed(envelope) };
    if (asked) {
      if (plannedIds.has(eventId)) return { kind: 'after-batch' };
      const prior = await this.options.reader.findById(eventId);
      if (prior) return { kind: 'answer', result: repeat(prior, asked) };
    }

    const { cache, settled, clock } = this.options;
    const stream = aggregate.stream(command);
    const isAssumedNew = !job.hasConflicted && aggregate.isLikelyNew?.(command) === true;
    const { state, revision } = isAssumedNew ? cache.assumeNew(aggregate, stream) : await cache.load(aggregate, stream);
    const at = clock();
    const now = at.toISOString();
    const occurredAt = envelope.occurredAt ?? aggregate.defaultOccurredAt(command, state, now);
    const scope = new DecisionScope({ envelope, eventId, occurredAt, now, cache, settled });
    const context = await aggregate.gather(command, state, scope);
    const decision = aggregate.decide(command, state, context);
    if (decision.outcome === 'rejected')
      return { kind: 'answer', result: { status: 'rejected', rejection: decision.rejection } };
    if (decision.outcome === 'refused') {
      const untilMs = this.countedUntil(job, decision.refusal, at);
      if (untilMs !== undefined) return countedOnly(decision.refusal, untilMs, at);
    }

    const salts = freshSalts();
    const meta = metaOf(command, envelope, {
      eventId,
      request: asked && fingerprintOf(asked, salts),
      decidedAgainst: { ...scope.decidedAgainst, [stream]: revision },
    });
    const seal = (event: DomainEvent): NewEvent => encode(event, { id: eventId, occurredAt, actor, meta, salts });
    if (decision.outcome === 'refused') {
      const event = refusalEvent(command, decision.refusal, {
        subject: aggregate.subject(command, state, context),
        ...aggregate.policy?.(command, state, context),
      });
      return planRefusal(seal(event), decision.refusal);
    }
    const { event } = decision;
    const happened = { ...event, id: eventId, revision: revision + 1, occurredAt };
    cache.keep(aggregate, stream, { state: aggregate.evolve(state, happened), revision: revision + 1 });
    return planAppend(stream, revision, seal(event), event);
  }

  /** Until when the caller's refusals are only counted; undefined for one that is written. Imports tell what was long ago. */
  private countedUntil(job: Job, { reason }: Refusal, at: Date): number | undefined {
    const { channel, actor, pipeline } = job.envelope;
    if (channel !== 'api' || job.hasPlace) return undefined;
    const verdict = this.options.refusals.take({ actor, pipeline }, reason, at);
    job.hasPlace = verdict.isRecorded;
    return verdict.isRecorded ? undefined : verdict.untilMs;
  }
}

const countedOnly = (refusal: Refusal, untilMs: number, at: Date): Plan => ({
  kind: 'answer',
  result: { status: 'too-many-refusals', refusal, retryAfterMs: untilMs - at.getTime() },
});

/** The parts of the envelope that make two commands under one key different. */
const keyed = ({ pipeline, occurredAt }: Envelope) => ({
  $pipeline: pipeline ?? null,
  $occurredAt: occurredAt ?? null,
});

function planAppend(stream: string, expectedRevision: number, sealed: NewEvent, event: DomainEvent): Plan {
  return {
    kind: 'append',
    append: { stream, expectedRevision, event: sealed },
    answer: (appended) => ({
      status: 'accepted',
      receipt: receiptOf(sealed.id, stream, appended),
      type: event.type,
      data: event.data,
      repeated: false,
    }),
  };
}

function planRefusal(sealed: NewEvent, refusal: Refusal): Plan {
  const stream = refusalStream(sealed.id);
  return {
    kind: 'append',
    append: { stream, expectedRevision: -1, event: sealed },
    answer: (appended) => ({
      status: 'refused',
      receipt: receiptOf(sealed.id, stream, appended),
      refusal,
      repeated: false,
    }),
  };
}

function refusalEvent(
  command: NamedCommand,
  refusal: Refusal,
  about: Pick<ChangeRefused['data'], 'subject' | 'environment' | 'policyRevision'>,
): ChangeRefused {
  return { type: 'ChangeRefused.v1', data: { command: command.kind, ...about, ...refusal }, remarks: command.remarks };
}

function metaOf(
  command: NamedCommand,
  { channel, correlationId, pipeline }: Envelope,
  decided: { eventId: string; request: string | undefined; decidedAgainst: Record<string, number> },
): EventMeta {
  const changeId = 'changeId' in command && typeof command.changeId === 'string' ? command.changeId : undefined;
  return {
    channel,
    correlationId: correlationId ?? changeId ?? decided.eventId,
    ...(changeId !== undefined && { causationId: changeId }),
    decidedAgainst: decided.decidedAgainst,
    ...(pipeline !== undefined && { pipeline }),
    ...(decided.request !== undefined && { request: decided.request }),
  };
}

/** The answer that the first call with this key was given, read back from what it wrote. */
function repeat(prior: RecordedEvent, asked: NamedCommand): CommandResult {
  if (!isAnswerTo(asked, prior)) return { status: 'key-reused' };
  const receipt = receiptOf(prior.id, prior.stream, prior);
  const data = JSON.parse(prior.data) as unknown;
  if (prior.type !== 'ChangeRefused.v1') return { status: 'accepted', receipt, type: prior.type, data, repeated: true };
  const { reason, detail, rule, missing, hint } = data as ChangeRefused['data'];
  return {
    status: 'refused',
    receipt,
    refusal: { reason, detail, rule, ...(missing && { missing }), hint },
    repeated: true,
  };
}

const receiptOf = (
  eventId: string,
  stream: string,
  { revision, position, recordedAt }: Pick<Appended, 'revision' | 'position' | 'recordedAt'>,
): Receipt => ({ eventId, stream, revision, position, recordedAt });
