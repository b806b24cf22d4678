import { Inject, Injectable } from '@nestjs/common';
import { Views } from '../../views/views.js';
import { LOG } from '../injection.js';
import { problem } from '../problems/problem.js';
import type { Log } from '../problems/to-problem.js';

/** Tells callers that the views have stopped, or cannot go on for now, and the log, once, why. */
@Injectable()
export class ViewsWatch {
  private hasLogged = false;
  private wasAway = false;
  private wasCutOff = false;

  constructor(
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Why the views do not follow the ledger, for callers; absent while they do. `answers` is whether their readers get any. */
  trouble(answers = true): string | undefined {
    if (this.hasStopped()) return 'The views have stopped. The server’s log says why.';
    if (this.isAway() || !answers) return 'The views’ database does not answer.';
    return this.isCutOff() ? 'The views cannot read the ledger. The server’s log says why.' : undefined;
  }

  /** Why a read of the views cannot be answered now. */
  unavailable(detail: string): Error {
    return problem('unavailable', this.trouble() ?? detail);
  }

  private hasStopped(): boolean {
    const { error } = this.views.status();
    if (error !== undefined && !this.hasLogged) {
      this.hasLogged = true;
      this.log(`The views have stopped: ${error}`);
    }
    return error !== undefined;
  }

  private isAway(): boolean {
    const { away } = this.views.status();
    if (away !== undefined && !this.wasAway) this.log(`The views’ database does not answer: ${away}`);
    if (away === undefined && this.wasAway) this.log('The views’ database answers again.');
    this.wasAway = away !== undefined;
    return this.wasAway;
  }

  private isCutOff(): boolean {
    const { cutOff } = this.views.status();
    if (cutOff !== undefined && !this.wasCutOff) this.log(`The views cannot read the ledger: ${cutOff}`);
    if (cutOff === undefined && this.wasCutOff) this.log('The views read the ledger again.');
    this.wasCutOff = cutOff !== undefined;
    return this.wasCutOff;
  }
}
