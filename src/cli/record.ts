import { createHash } from 'node:crypto';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { problemError, problemOf, type Answer } from './api-client.js';
import { clientFor, withConnection, type ConnectionOptions } from './connection.js';
import { CliError } from './errors.js';
import { appendOutputs, asWords } from './github-actions.js';
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
const REGISTRATION_HINT =
  'The pipeline’s registration says which claims, and which audience, the tokens of its jobs have.';
const BACKOFF: RetryBounds = { attempts: 1_000, firstDelayMs: 500, maxDelayMs: 10_000 };
/** So many refusals of the same are looked past before the last of them stands. */
const REFUSALS_BEFORE_MAX = 100;
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
 * by this process or by a later one, it is written down once, and decided anew if it was refused.
 *
 * @throws CliError `failed` for a refusal
 */
export async function record({ what, path, body }: Recording, options: RecordOptions): Promise<void> {
  const answer = await decided(path, body, options);
  const { eventId, receipt } = problemOf(answer);
  if (answer.status < 200 || answer.status > 299) {
    const error = problemError(answer, options.oidc ? REGISTRATION_HINT : undefined);
    if (eventId !== undefined && receipt) appendOutputs({ 'event-id': eventId, position: receipt.position });
    throw error;
  }
  const accepted = JSON.parse(answer.text) as Receipt;
  appendOutputs({ 'event-id': accepted.eventId, position: accepted.position });
  const before = isReplayed(answer) ? ', as it was before' : '';
  if (!options.quiet) {
    console.error(`Recorded: ${what}, event ${accepted.eventId} at position ${accepted.position}${before}.`);
  }
  console.log(answer.text);
}

/**
 * What was refused before is asked anew, under a key that follows from that refusal: what stood against it may have been
 * put right since, and a job that is started again sends the same. Not so where the caller chose the key.
 */
async function decided(path: string, body: object, options: RecordOptions): Promise<Answer> {
  const { idempotencyKey } = options;
  if (idempotencyKey !== undefined) return send({ path, body, key: idempotencyKey }, options);
  let answer = await send({ path, body, key: keyOf(path, body) }, options);
  for (let before = 0; before < REFUSALS_BEFORE_MAX; before++) {
    const { reason, eventId } = problemOf(answer);
    const isOld = isReplayed(answer) && reason !== undefined && eventId !== undefined;
    if (!isOld) return answer;
    answer = await send({ path, body, key: keyOf(`${path}\n${eventId}`, body) }, options);
  }
  return answer;
}

const isReplayed = ({ headers }: Answer): boolean => headers.get('idempotent-replayed') === 'true';

interface Sending {
  readonly path: string;
  readonly body: object;
  readonly key: string;
}

async function send({ path, body, key }: Sending, options: RecordOptions): Promise<Answer> {
  const { retryFor, url, oidc } = options;
  const headers = { 'idempotency-key': key };
  const totalMs = retryFor * 1_000;
  const endsAt = Date.now() + totalMs;
  const attempt = async () => {
    // A job's token lives for minutes: each attempt has its own.
    const token = oidc ? await jobToken(options) : givenToken(options);
    const client = clientFor({ url, token });
    const timeoutMs = Math.max(TIMEOUT_MIN_MS, endsAt - Date.now());
    return client.send({ method: 'POST', path, body, headers, timeoutMs });
  };
  return untilAnswered(attempt, {
    retry: { ...BACKOFF, totalMs },
    onWait: (message, delayMs) =>
      console.error(`${asWords(message)} Trying again in ${(delayMs / 1_000).toFixed(1)} s.`),
  });
}

function givenToken({ token }: RecordOptions): string {
  if (token) return token;
  throw new CliError(
    'denied',
    'No token was given.',
    'Sign in as the job with --oidc, set CAIRN_TOKEN, or give --token.',
  );
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
