import { requestCosignature, type ConsistencyProver, type SignedCheckpoint } from './client.js';
import { WitnessError, type WitnessErrorCode } from './errors.js';
import type { Witness } from './settings.js';

/** The log as its witnesses need it. What it says of sizes is of the signed checkpoints, not of unsigned entries. */
export interface WitnessedLog {
  /** Size of the newest signed checkpoint. */
  readonly newestSize: () => number;
  readonly prove: ConsistencyProver;
  /** What a witness, by its verifier key, has cosigned last; 0 where nothing. */
  cosignedSize(verifierKey: string): number;
  /** Durable once it is done. Of two by one witness for one size, the first stays. */
  keep(cosignature: { size: number; witness: string; line: string }): void | Promise<void>;
}

/** How long an answer may take, and how long a witness that has failed is left alone: doubling, up to a bound. */
export interface Patience {
  readonly timeoutMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export interface WitnessProblem {
  readonly code: WitnessErrorCode | 'failed-here';
  readonly message: string;
  /** RFC 3339. */
  readonly at: string;
}

/** How it stands with one witness. */
export interface WitnessStatus {
  readonly name: string;
  readonly url: string;
  readonly verifierKey: string;
  /** Size of the newest checkpoint that it has cosigned; 0 for none. */
  readonly cosignedSize: number;
  /** The last, until it cosigns again. */
  readonly problem?: WitnessProblem;
}

/** What a witness and its turns need to know of each other. */
export interface TurnsOptions {
  readonly log: WitnessedLog;
  readonly patience: Patience;
  /** Called once a cosignature is kept, and once for each failure. */
  readonly onChange: () => void;
}

/**
 * One witness's requests, one at a time and each for the checkpoint that is newest then: what came between is skipped.
 * A witness that fails is asked again for as long as it takes, ever less often.
 */
export class WitnessTurns {
  private readonly aborter = new AbortController();
  private checkpoint?: SignedCheckpoint;
  private turn?: Promise<void>;
  private pause?: NodeJS.Timeout;
  private failures = 0;
  /** Of the checkpoint that it has cosigned last since the start. */
  private answeredSize?: number;
  private problem?: WitnessProblem;

  constructor(
    private readonly witness: Witness,
    private readonly options: TurnsOptions,
  ) {}

  /** Has the checkpoint cosigned in place of any before it. */
  offer(checkpoint: SignedCheckpoint): void {
    this.checkpoint = checkpoint;
    this.next();
  }

  /** As {@link offer}, and waits until the witness has answered, or has failed once. What it has just answered stands. */
  async ask(checkpoint: SignedCheckpoint): Promise<void> {
    await this.turn;
    if (this.answeredSize === checkpoint.size) return;
    this.offer(checkpoint);
    await this.turn;
  }

  private cosignedSize(): number {
    return this.options.log.cosignedSize(this.witness.verifier.text);
  }

  status(): WitnessStatus {
    const { verifier, url } = this.witness;
    return {
      name: verifier.name,
      url,
      verifierKey: verifier.text,
      cosignedSize: this.cosignedSize(),
      ...(this.problem && { problem: this.problem }),
    };
  }

  /** Ends the request that is under way, if any; nothing is asked or kept afterwards. */
  async close(): Promise<void> {
    this.aborter.abort();
    clearTimeout(this.pause);
    await this.turn;
  }

  private next(): void {
    if (this.turn || this.pause || this.aborter.signal.aborted) return;
    const checkpoint = this.checkpoint;
    if (!checkpoint) return;
    delete this.checkpoint;
    this.turn = this.take(checkpoint).finally(() => {
      delete this.turn;
      this.next();
    });
  }

  private async take(checkpoint: SignedCheckpoint): Promise<void> {
    try {
      await this.cosign(checkpoint);
      this.failures = 0;
      this.answeredSize = checkpoint.size;
      delete this.problem;
    } catch (error) {
      if (this.aborter.signal.aborted) return;
      this.fail(checkpoint, error);
    }
    this.options.onChange();
  }

  private async cosign(checkpoint: SignedCheckpoint): Promise<void> {
    const { log, patience } = this.options;
    const request = {
      witness: this.witness,
      prove: log.prove,
      newestSize: log.newestSize,
      timeoutMs: patience.timeoutMs,
      signal: this.aborter.signal,
    };
    const line = await requestCosignature(request, checkpoint, this.cosignedSize());
    await log.keep({ size: checkpoint.size, witness: this.witness.verifier.text, line });
  }

  private fail(checkpoint: SignedCheckpoint, error: unknown): void {
    this.problem = problemOf(error);
    this.checkpoint ??= checkpoint;
    this.pause = setTimeout(() => {
      delete this.pause;
      this.next();
    }, this.pauseMs());
    this.failures += 1;
  }

  private pauseMs(): number {
    const { firstPauseMs, longestPauseMs } = this.options.patience;
    const most = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(this.failures, 20));
    // Spread, so that the logs of a witness that was away do not all come back at once.
    return most / 2 + (Math.random() * most) / 2;
  }
}

function problemOf(error: unknown): WitnessProblem {
  const at = new Date().toISOString();
  const { message } = error as Error;
  if (error instanceof WitnessError) return { code: error.code, message, at };
  return { code: 'failed-here', message: `is not heard, as this server failed: ${message}`, at };
}
