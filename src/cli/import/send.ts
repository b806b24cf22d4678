import { problemError, type ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import { untilAnswered, type RetryBounds, type RetryOptions } from '../retry.js';
import type { Batch } from './batches.js';
import type { LineAnswer } from './tally.js';

/** About a minute in all: long enough for a restart of the server. */
export const RETRY: RetryBounds = { attempts: 12, firstDelayMs: 250, maxDelayMs: 10_000 };

/**
 * Sends one batch until it is answered: it can be sent again, since no line is taken twice.
 *
 * @throws CliError when it is refused as a whole, or the attempts are used up
 */
export async function sendBatch(client: ApiClient, batch: Batch, options: RetryOptions): Promise<LineAnswer[]> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const call = { method: 'POST', path: '/imports', body: batch.body, headers } as const;
  const answer = await untilAnswered(() => client.send(call), options);
  if (answer.status < 200 || answer.status > 299) throw problemError(answer);
  return readAnswers(answer.text, batch);
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
