import { Inject, Injectable } from '@nestjs/common';
import { Views } from '../../views/views.js';
import { LOG } from '../injection.js';
import { problem } from '../problems/problem.js';
import type { Log } from '../problems/to-problem.js';

/** Tells callers that the views have stopped, and the log, once, why. */
@Injectable()
export class ViewsWatch {
  private hasLogged = false;

  constructor(
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  hasStopped(): boolean {
    const { error } = this.views.status();
    if (error !== undefined && !this.hasLogged) {
      this.hasLogged = true;
      this.log(`The views have stopped: ${error}`);
    }
    return error !== undefined;
  }

  /** Why a read of the views cannot be answered now. */
  unavailable(detail: string): Error {
    return problem('unavailable', this.hasStopped() ? 'The views have stopped. The server’s log says why.' : detail);
  }
}
