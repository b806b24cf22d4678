import { createHash } from 'node:crypto';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { problemError, problemOf, type Answer } from './api-client.js';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { annotate, appendOutputs, asWords } from './github-actions.js';
import { jobToken, withOidc, type OidcOptions } from './oidc.js';
import { untilAnswered, type RetryBounds } from './retry.js';

export interface RecordOptions extends ConnectionOptions, OidcOptions {
  readonly retryFor: number;
  readonly idempotencyKey?: string;
  readonly quiet?: true;
}

/** Something that a job has written down in the ledger. */
export interface Recording {
  /** In a few words for people: `the bake of shop-api 1.2.0`. */
  readonly what: string;
  /** Under `/v1`. */
  readonly path: string;
  readonly body: object;
}

interface Receipt {
  readonly eventId: string;
  readonly position: number;
}

const RETRY_SECONDS = 60;
const RETRY_SECONDS_MAX = 3_600;
const BACKOFF: RetryBounds = { attempts: 1_000, firstDelayMs: 500, maxDelayMs: 10_000 };
/** A server that is asked again needs a moment to answer, however little time is left. */
const TIMEOUT_MIN_MS = 10_000;

/** The options of a command that a job sends with. */
export function withRecording(command: Command): Command {
  return withOidc(withConnection(command))
    .addOption(
      new Option('--retry-for <seconds>', 'how long to try again while the server is away')
        .default(RETRY_SECONDS)
        .argParser(parseSeconds),
    )
    .option('--idempotency-key <key>', 'left out, one that follows from what is sent')
    .option('-q, --quiet', 'say nothing of a success on stderr');
}

/**
 * Writes something down: the receipt goes to stdout as JSON, a line for people to stderr. Sent again with the same body,
 * by this process or by a later one, it is written down once.
 *
 * @throws CliError `failed` for a refusal, which is shown on the page of a GitHub Actions run as well
 */
export async function record({ what, path, body }: Recording, options: RecordOptions): Promise<void> {
  const answer = await send(path, body, options);
  const { eventId, receipt } = problemOf(answer);
  if (answer.status < 200 || answer.status > 299) {
    const error = problemError(answer);
    annotate(`Cairn did not take ${what}`, error);
    if (eventId !== undefined && receipt) appendOutputs({ 'event-id': eventId, position: receipt.position });
    throw error;
  }
  const accepted = JSON.parse(answer.text) as Receipt;
  appendOutputs({ 'event-id': accepted.eventId, position: accepted.position });
  const before = answer.headers.get('idempotent-replayed') === 'true' ? ', as it was before' : '';
  if (!options.quiet) {
    console.error(`Recorded: ${what}, event ${accepted.eventId} at position ${accepted.position}${before}.`);
  }
  console.log(answer.text);
}

async function send(path: string, body: object, options: RecordOptions): Promise<Answer> {
  const { retryFor, url, oidc, idempotencyKey = keyOf(path, body) } = options;
  const headers = { 'idempotency-key': idempotencyKey };
  const totalMs = retryFor * 1_000;
  const endsAt = Date.now() + totalMs;
  const attempt = async () => {
    // A job's token lives for minutes: each attempt has its own.
    const token = oidc ? await jobToken(options) : options.token;
    const client = clientFor({ url, ...(token !== undefined && { token }) });
    const timeoutMs = Math.max(TIMEOUT_MIN_MS, endsAt - Date.now());
    return client.send({ method: 'POST', path, body, headers, timeoutMs });
  };
  return untilAnswered(attempt, {
    retry: { ...BACKOFF, totalMs },
    onWait: (message, delayMs) =>
      console.error(`${asWords(message)} Trying again in ${(delayMs / 1_000).toFixed(1)} s.`),
  });
}

/** What is the same is sent under the same key, and nothing else is: the server would turn that away. */
function keyOf(path: string, body: object): string {
  const hash = createHash('sha256').update(`${path}\n${JSON.stringify(body)}`);
  return `cairn-cli-${hash.digest('hex')}`;
}

function parseSeconds(text: string): number {
  const seconds = Number(text.replace(/s$/, ''));
  if (/^\d+s?$/.test(text) && seconds <= RETRY_SECONDS_MAX) return seconds;
  throw new InvalidArgumentError(`It must be a whole number of seconds from 0 to ${RETRY_SECONDS_MAX}.`);
}
