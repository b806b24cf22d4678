import { Injectable } from '@nestjs/common';
import { Views } from '../../views/views.js';
import { problem } from '../problems/problem.js';
import type { ResolvedMoment } from './reads.js';

type StateAt = Awaited<ReturnType<Views['knownGood']['stateAt']>>;

/** The known-good state of an environment, and the moment that it was resolved to. */
export type KnownGood = StateAt & {
  readonly environment: string;
  readonly position: number;
  readonly asOf?: string;
  readonly occurredBy?: string;
};

@Injectable()
export class KnownGoodReads {
  constructor(private readonly views: Views) {}

  /** @throws HttpProblem where the environment was not there at the moment */
  async at(environment: string, moment: ResolvedMoment): Promise<KnownGood> {
    const { position, asOf, occurredBy } = moment;
    const defined = await this.views.environments.get(environment, position);
    if (!defined) throw problem('not-found', `No environment ${environment} was defined by position ${position}.`);
    const state = await this.views.knownGood.stateAt(environment, { position, ...(occurredBy && { occurredBy }) });
    // History can be older than the definition of its environment, where that came late.
    if (occurredBy && occurredBy < defined.firstOccurredAt && state.revision === 0) {
      throw problem(
        'invalid-moment',
        `occurredBy ${occurredBy} is before anything happened in ${environment} (${defined.firstOccurredAt}).`,
      );
    }
    return { environment, position, ...(asOf && { asOf }), ...(occurredBy && { occurredBy }), ...state };
  }
}
