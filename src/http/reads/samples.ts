import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHash, randomBytes } from 'node:crypto';
import { eventIdFor } from '../../commands/event-id.js';
import type { SampleDrawn } from '../../domain/report/events.js';
import type { Sample } from '../../reports/samples/draw.js';
import type { Workshop } from '../../reports/workshop/workshop.js';
import type { HandoutRow } from '../../views/handouts/queries.js';
import { Views } from '../../views/views.js';
import type { DrawSampleDto } from '../dto/changes.js';
import { callerOf } from '../access/authenticate.js';
import { REPORTS_WORKSHOP } from '../injection.js';
import { idempotencyKeyOf } from '../input/request.js';
import { defined } from '../mapping/defined.js';
import { toFilter, toQuery } from '../mapping/population.js';
import { problem } from '../problems/problem.js';
import { EarlierEvents } from './earlier-events.js';
import { Reads } from './reads.js';

export type SampleFacts = SampleDrawn['data'];

export interface DrawnSample {
  readonly facts: SampleFacts;
  readonly sample: Sample;
}

/** Samples of the population, drawn in the workshop. */
@Injectable()
export class Samples {
  constructor(
    private readonly reads: Reads,
    private readonly views: Views,
    private readonly earlier: EarlierEvents,
    @Inject(REPORTS_WORKSHOP) private readonly workshop: Workshop,
  ) {}

  async draw(body: DrawSampleDto, request: FastifyRequest): Promise<DrawnSample> {
    const query = toQuery(body);
    const before = await this.earlier.of<SampleFacts>(request, 'SampleDrawn.v1');
    // A repeated request draws what the first one drew, whatever was recorded since.
    const position = body.asOf === undefined && before ? before.position : (await this.reads.evidence(body)).position;
    const seed = body.seed ?? before?.seed ?? seedFor(request);
    const { what, size, stratifyBy } = body;
    const asked = defined({ what, query, position, seed, size, stratifyBy });
    const sample = await this.drawn(asked);
    return { facts: { ...asked, population: sample.population }, sample };
  }

  /** @throws HttpProblem when no event of this id drew one */
  async again(eventId: string): Promise<DrawnSample & { readonly handout: HandoutRow }> {
    const handout = await this.views.handouts.get('sample', eventId);
    if (!handout) throw problem('not-found', `No sample was drawn by an event ${eventId}.`);
    const facts = handout.facts as unknown as SampleFacts;
    return { handout, facts, sample: await this.drawn(facts) };
  }

  private drawn(asked: Omit<SampleFacts, 'population'>): Promise<Sample> {
    const { query, position, seed, size, stratifyBy } = asked;
    return this.workshop.run('drawSample', defined({ filter: toFilter(query), position, seed, size, stratifyBy }));
  }
}

/** Under a key, a repeated request gets the same. */
function seedFor(request: FastifyRequest): string {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return randomBytes(16).toString('hex');
  const eventId = eventIdFor(callerOf(request).subject, key);
  return createHash('sha256').update(eventId).digest('hex').slice(0, 32);
}
