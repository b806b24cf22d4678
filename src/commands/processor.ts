import { setImmediate } from 'node:timers/promises';
import type { DomainEvent } from '../domain/event.js';
import { StoreError, type AppendOutcome, type EventStore, type SnapshotStore } from '../event-store/port.js';
import type { Aggregate } from './aggregate.js';
import type { CommandResult, Envelope } from './envelope.js';
import { CommandError } from './errors.js';
import { Gate } from './gate.js';
import { Planner, type Job, type NamedCommand, type Plan } from './plan.js';
import type { RefusalBound } from './refusal-bound.js';
import { StateCache } from './state-cache.js';
import { StreamQueues } from './stream-queues.js';

/** How often a command is decided again after somebody else's append came before its own. */
const MAX_ATTEMPTS = 5;

/** An import of a thousand rows must not hold the readers, so the event loop gets a turn every so many decisions. */
const DECIDED_BETWEEN_TURNS = 32;

type Planned = Extract<Plan, { kind: 'append' }> & { readonly job: Job };

export interface ImportItem {
  readonly aggregate: Job['aggregate'];
  readonly command: NamedCommand;
  readonly envelope: Envelope;
}

/**
 * The one way to write: decide on the newest state, append at the revision that was seen, answer when it is durable.
 *
 * Commands of one stream queue up and are decided in turn; those that wait share an append. An import's rows are
 * decided in their order, alone.
 */
export class CommandProcessor {
  private readonly cache: StateCache;
  private readonly planner: Planner;
  private readonly gate = new Gate();
  private readonly queues = new StreamQueues<Job>((jobs) => this.run(jobs));

  constructor(
    private readonly store: EventStore & SnapshotStore,
    { refusals, clock = () => new Date() }: { readonly refusals: RefusalBound; readonly clock?: () => Date },
  ) {
    this.cache = new StateCache(store, store);
    this.planner = new Planner({
      cache: this.cache,
      reader: store,
      clock,
      refusals,
      settled: (stream) => this.queues.settled(stream),
    });
  }

  /** @throws CommandError or StoreError when it could not be decided now; nothing of it was written then */
  execute<C extends NamedCommand, S, E extends DomainEvent, X>(
    aggregate: Aggregate<C, S, E, X>,
    command: C,
    envelope: Envelope,
  ): Promise<CommandResult> {
    return this.gate.shared(
      () =>
        new Promise((resolve, reject) => {
          const job = { ...importItem(aggregate, command, envelope), resolve, reject };
          this.queues.add(aggregate.stream(command), job);
        }),
    );
  }

  /** Decides commands of any streams in their order. The answers come in the same order. */
  executeAll(items: readonly ImportItem[]): Promise<CommandResult[]> {
    return this.gate.alone(() => {
      const jobs: Job[] = [];
      const results = items.map(
        (item) => new Promise<CommandResult>((resolve, reject) => jobs.push({ ...item, resolve, reject })),
      );
      void this.run(jobs);
      return Promise.all(results);
    });
  }

  /** Answers every job; never rejects. */
  private async run(jobs: Job[]): Promise<void> {
    let remaining = jobs;
    let failures = 0;
    while (remaining.length > 0) {
      const before = remaining.length;
      try {
        remaining = await this.attempt(remaining);
      } catch (error) {
        // Nothing of the append was written, so nothing that was decided for it may stay in the states.
        for (const { aggregate, command, reject } of remaining) {
          this.cache.forget(aggregate.stream(command));
          reject(error);
        }
        return;
      }
      failures = remaining.length < before ? 0 : failures + 1;
      if (failures >= MAX_ATTEMPTS) {
        const [first, ...rest] = remaining;
        first?.reject(new CommandError('contention', 'Others kept changing the same stream. Send it again.'));
        remaining = rest;
        failures = 0;
      }
    }
  }

  /** Decides, appends, answers what got in, and returns what has to be decided again. */
  private async attempt(jobs: readonly Job[]): Promise<Job[]> {
    const { planned, rest } = await this.planAll(jobs);
    if (planned.length === 0) return rest;
    const outcomes = await this.append(planned);
    const failed = planned.findIndex((_, index) => !isNew(outcomes[index]));
    const done = failed < 0 ? planned : planned.slice(0, failed);
    done.forEach(({ job, append, answer }, index) => {
      const outcome = outcomes[index];
      if (!isNew(outcome)) return;
      this.cache.confirm(append.stream, outcome.revision);
      job.resolve(answer(outcome));
    });
    const undone = planned.slice(done.length).map(({ job }) => job);
    if (undone[0]) undone[0].hasConflicted = true;
    for (const { aggregate, command } of [...undone, ...(undone.length > 0 ? rest : [])]) {
      this.cache.forget(aggregate.stream(command));
    }
    this.snapshot(done);
    return [...undone, ...rest];
  }

  private async append(planned: readonly Planned[]): Promise<AppendOutcome[]> {
    try {
      return await this.store.appendAll(planned.map(({ append }) => append));
    } catch (error) {
      for (const { append } of planned) this.cache.forget(append.stream);
      throw error instanceof StoreError
        ? error
        : new StoreError('unavailable', 'The event store failed.', { cause: error });
    }
  }

  private async planAll(jobs: readonly Job[]): Promise<{ planned: Planned[]; rest: Job[] }> {
    const planned: Planned[] = [];
    const ids = new Set<string>();
    for (const [index, job] of jobs.entries()) {
      try {
        const plan = await this.planner.plan(job, ids);
        if (plan.kind === 'after-batch') return { planned, rest: jobs.slice(index) };
        if (plan.kind === 'answer') job.resolve(plan.result);
        else {
          planned.push({ ...plan, job });
          ids.add(plan.append.event.id);
        }
      } catch (error) {
        job.reject(error);
      }
      if (index % DECIDED_BETWEEN_TURNS === DECIDED_BETWEEN_TURNS - 1) await setImmediate();
    }
    return { planned, rest: [] };
  }

  /** Nobody waits for a snapshot, and one that cannot be written is written another time. */
  private snapshot(done: readonly Planned[]): void {
    const streams = new Map(done.map(({ append, job }) => [append.stream, job.aggregate]));
    for (const [stream, aggregate] of streams) {
      if (aggregate.snapshots) this.cache.snapshotIfDue(aggregate, stream).catch(() => undefined);
    }
  }
}

/** One list of jobs holds those of every aggregate; each is only ever given its own commands and states. */
export function importItem<C extends NamedCommand, S, E extends DomainEvent, X>(
  aggregate: Aggregate<C, S, E, X>,
  command: C,
  envelope: Envelope,
): ImportItem {
  return { aggregate: aggregate as unknown as Job['aggregate'], command, envelope };
}

const isNew = (outcome: AppendOutcome | undefined): outcome is Extract<AppendOutcome, { status: 'appended' }> =>
  outcome?.status === 'appended' && !outcome.repeated;
