import { setTimeout as sleep } from 'node:timers/promises';
import { problemError, type Answer, type ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import type { Batch } from './batches.js';
import type { LineAnswer } from './tally.js';

export interface RetryBounds {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** About a minute in all: long enough for a restart of the server. */
export const RETRY: RetryBounds = { attempts: 12, firstDelayMs: 250, maxDelayMs: 10_000 };

/** What a proxy or a server that is starting says: the same batch can be sent again, since no line is taken twice. */
const TEMPORARY = new Set([429, 502, 503, 504]);

export interface SendOptions {
  readonly retry: RetryBounds;
  /** Ends the waiting between two attempts. */
  readonly signal: AbortSignal;
  readonly onWait: (message: string, delayMs: number) => void;
}

/** Sends one batch until it is answered. @throws CliError when it is refused as a whole, or the attempts are used up. */
export async function sendBatch(client: ApiClient, batch: Batch, options: SendOptions): Promise<LineAnswer[]> {
  const { retry, signal, onWait } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(client, batch);
    if ('answers' in outcome) return outcome.answers;
    if (attempt >= retry.attempts || signal.aborted) throw outcome.error;
    const backoffMs = Math.min(retry.maxDelayMs, retry.firstDelayMs * 2 ** (attempt - 1));
    const delayMs = Math.min(60_000, Math.max(backoffMs, outcome.retryAfterMs));
    onWait(outcome.error.message, delayMs);
    await sleep(delayMs, undefined, { signal }).catch(() => {
      throw outcome.error;
    });
  }
}

type Outcome = { answers: LineAnswer[] } | { error: CliError; retryAfterMs: number };

async function attemptOnce(client: ApiClient, batch: Batch): Promise<Outcome> {
  let answer: Answer;
  try {
    const headers = { 'content-type': 'application/x-ndjson' };
    answer = await client.send({ method: 'POST', path: '/imports', body: batch.body, headers });
  } catch (error) {
    if (error instanceof CliError && error.reason === 'unavailable') return { error, retryAfterMs: 0 };
    throw error;
  }
  if (answer.status >= 200 && answer.status < 300) return { answers: readAnswers(answer.text, batch) };
  if (!TEMPORARY.has(answer.status)) throw problemError(answer);
  return { error: problemError(answer), retryAfterMs: retryAfterMs(answer.headers.get('retry-after')) };
}

/** RFC 9110: seconds, or a date. */
function retryAfterMs(value: string | null): number {
  if (value === null) return 0;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function readAnswers(text: string, batch: Batch): LineAnswer[] {
  const answers = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LineAnswer);
  const isWhole = answers.length === batch.sent.length && answers.every(({ line }, index) => line === index + 1);
  if (isWhole) return answers;
  throw new CliError(
    'failed',
    `The server answered ${answers.length} of ${batch.sent.length} lines: is it a Cairn of another version?`,
  );
}
