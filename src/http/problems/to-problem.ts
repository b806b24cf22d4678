import { randomUUID } from 'node:crypto';
import { CommandError, type CommandErrorCode } from '../../commands/errors.js';
import { StoreError } from '../../event-store/port.js';
import { SealError } from '../../ledger/seal-errors.js';
import { WorkshopBusyError } from '../../reports/workshop/workshop.js';
import { isDatabaseAway } from '../../views/database/away.js';
import { BODY_BYTES_MAX, IMPORT_BYTES_MAX } from '../limits.js';
import { HttpProblem, problem } from './problem.js';

/** Takes a line for the people who run the server. */
export type Log = (line: string) => void;

/** Any error as a problem. Only what was meant for the caller gets out; all else is a number to look up in the log. */
export function toProblem(error: unknown, log: Log): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof CommandError) return problem('unavailable', UNDECIDED[error.code]);
  if (error instanceof StoreError && error.code === 'unsettled') {
    return problem('unavailable', 'The event store went away before it answered. ' + UNSETTLED);
  }
  if (error instanceof StoreError && error.code !== 'corrupt') {
    return problem('unavailable', 'The event store is away. Nothing of this request was written: try again.');
  }
  if (error instanceof SealError && error.code === 'diverged') return problem('altered', `${error.message}.`);
  if (error instanceof SealError && error.code === 'unavailable') {
    return problem('unavailable', `${error.message}: try again.`);
  }
  if (error instanceof WorkshopBusyError) return problem('too-many-requests', error.message);
  if (isDatabaseAway(error)) return problem('unavailable', 'The views’ database does not answer: try again.');
  return fromFramework(error) ?? internal(error, log);
}

const UNSETTLED =
  'What of this request was written is not known: send it again with the same Idempotency-Key, or look first.';

const UNDECIDED: Record<CommandErrorCode, string> = {
  contention: 'Others are changing the same thing at this moment. Nothing was written: try again.',
  busy: 'Too many proofs wait to be checked. Nothing was written: try again.',
  'views-behind': 'The views are catching up with the ledger. Nothing was written: try again.',
};

const [BODY_KIB, IMPORT_MIB] = [BODY_BYTES_MAX / 1024, IMPORT_BYTES_MAX / 1024 / 1024];
const TOO_LARGE = `A body may have ${BODY_KIB} KiB, an import ${IMPORT_MIB} MiB and a line of it ${BODY_KIB} KiB. In place of a larger statement, sign a reference to it.`;

function internal(error: unknown, log: Log): HttpProblem {
  const correlationId = randomUUID();
  log(
    `${correlationId} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.replaceAll(
      /\s*\n\s*/g,
      ' | ',
    ),
  );
  return problem('internal', `It is in the server’s log under ${correlationId}.`, { correlationId });
}

/** What Fastify and Nest throw before a route is reached. */
function fromFramework(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode, status, message } = error as Error & { statusCode?: unknown; status?: unknown };
  switch (statusCode ?? status) {
    case 404:
      return problem('not-found', 'There is nothing at this path for this method. See /openapi.json.');
    case 413:
      return problem('too-large', TOO_LARGE);
    case 415:
      return problem('unsupported-media-type', 'Send application/json, or application/x-ndjson to /v1/imports.');
    case 400:
    case 414:
    case 431:
      return problem('malformed-request', `${message}.`.replace(/\.\.$/, '.'));
    case 503:
      return problem('unavailable', 'The server is stopping.');
    default:
      return undefined;
  }
}
