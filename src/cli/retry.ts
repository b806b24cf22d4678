import { setTimeout as sleep } from 'node:timers/promises';
import { problemError, type Answer } from './api-client.js';
import { CliError } from './errors.js';

export interface RetryBounds {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No attempt begins so long after the first. */
  readonly totalMs?: number;
}

export interface RetryOptions {
  readonly retry: RetryBounds;
  /** Ends the waiting between two attempts. */
  readonly signal?: AbortSignal;
  readonly onWait: (message: string, delayMs: number) => void;
}

/** What a proxy or a server that is starting says. */
const TEMPORARY = new Set([429, 502, 503, 504]);
const SERVER_DELAY_MAX_MS = 60_000;

/**
 * Sends what may be sent again until it is answered for good: accepted or not.
 *
 * @throws CliError with the last failure, once the bounds are used up
 */
export async function untilAnswered(send: () => Promise<Answer>, options: RetryOptions): Promise<Answer> {
  const { retry, signal, onWait } = options;
  const endsAt = Date.now() + (retry.totalMs ?? Infinity);
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(send);
    if ('answer' in outcome) return outcome.answer;
    const backoffMs = Math.min(retry.maxDelayMs, retry.firstDelayMs * 2 ** (attempt - 1));
    const delayMs = Math.min(SERVER_DELAY_MAX_MS, Math.max(backoffMs, outcome.retryAfterMs));
    const isOver = attempt >= retry.attempts || Date.now() + delayMs > endsAt;
    if (isOver || signal?.aborted) throw outcome.error;
    onWait(outcome.error.message, delayMs);
    await sleep(delayMs, undefined, signal && { signal }).catch(() => {
      throw outcome.error;
    });
  }
}

type Outcome = { readonly answer: Answer } | { readonly error: CliError; readonly retryAfterMs: number };

async function attemptOnce(send: () => Promise<Answer>): Promise<Outcome> {
  try {
    const answer = await send();
    if (!TEMPORARY.has(answer.status)) return { answer };
    return { error: problemError(answer), retryAfterMs: retryAfterMs(answer.headers.get('retry-after')) };
  } catch (error) {
    if (error instanceof CliError && error.reason === 'unavailable') return { error, retryAfterMs: 0 };
    throw error;
  }
}

/** RFC 9110: seconds, or a date. */
function retryAfterMs(value: string | null): number {
  if (value === null) return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
