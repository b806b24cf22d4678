import type { DomainEvent } from '../domain/event.js';
import type { Caller } from '../domain/pipeline/permission.js';
import { environmentOfStream, pipelineStream } from '../domain/streams.js';
import type { Folding, Scope } from './aggregate.js';
import { pipelineFolding } from './aggregates/foldings.js';
import type { Envelope } from './envelope.js';
import type { StateCache } from './state-cache.js';

interface ScopeOptions extends Pick<Scope, 'envelope' | 'eventId' | 'occurredAt' | 'now'> {
  readonly cache: StateCache;
  /** Waits for what is being appended to a stream, so that nothing is decided on what may yet fail. */
  readonly settled: (stream: string) => Promise<boolean>;
}

/** Reads for one decision, and the revisions that it saw. */
export class DecisionScope implements Scope {
  readonly envelope: Envelope;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly now: string;
  readonly decidedAgainst: Record<string, number> = {};

  constructor(private readonly options: ScopeOptions) {
    ({ envelope: this.envelope, eventId: this.eventId, occurredAt: this.occurredAt, now: this.now } = options);
  }

  async read<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string): Promise<State> {
    // Environments read each other while both are busy, and say themselves when it matters ({@link settle}).
    if (environmentOfStream(stream) === undefined) await this.options.settled(stream);
    const { state, revision } = await this.options.cache.load(folding, stream);
    this.decidedAgainst[stream] = revision;
    return state;
  }

  async settle(stream: string, revision: number): Promise<boolean> {
    return !this.options.cache.isDurable(stream, revision) && this.options.settled(stream);
  }

  async caller(): Promise<Caller> {
    const { pipeline } = this.envelope;
    if (pipeline === undefined) return { kind: 'person' };
    return { kind: 'pipeline', id: pipeline, state: await this.read(pipelineFolding, pipelineStream(pipeline)) };
  }
}
