import { CliError } from '../errors.js';

/** gRPC's code of a service that is not there. */
const UNIMPLEMENTED = 12;

/** What the client throws, as far as it is told apart here. */
interface ClientError {
  /** The client's own name of what went wrong. */
  readonly type?: unknown;
  readonly code?: unknown;
}

/** What the client threw, in words. The address is not repeated: it may hold a password. */
export function serverError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const { type, code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as ClientError;
  const cause = { cause: thrown };
  if (code === UNIMPLEMENTED) {
    const hint = 'Start it with KURRENTDB_RUN_PROJECTIONS=All (EventStoreDB: EVENTSTORE_RUN_PROJECTIONS=All).';
    return new CliError('unavailable', 'Projections are not enabled on that server.', hint, cause);
  }
  switch (type) {
    case 'access-denied':
      return new CliError(
        'denied',
        'The server does not take these credentials.',
        'Projections are an administrator’s: name one in CAIRN_EVENT_STORE, as in esdb://admin:<password>@host:2113.',
        cause,
      );
    case 'unavailable':
    case 'cancelled':
      return new CliError('unavailable', 'The server cannot be reached.', UNREACHABLE, cause);
    case 'deadline-exceeded':
    case 'timeout':
      return new CliError('unavailable', 'The server did not answer in time.', 'It may still be starting.', cause);
    case 'not-leader':
      return new CliError(
        'unavailable',
        'The node is not the leader of its cluster, and only the leader runs projections.',
        'Name all nodes in CAIRN_EVENT_STORE, as in esdb://a:2113,b:2113,c:2113.',
        cause,
      );
    default:
      return new CliError('unavailable', `The server said: ${messageOf(thrown)}`, undefined, cause);
  }
}

const UNREACHABLE =
  'Look at host, port and TLS in CAIRN_EVENT_STORE: TLS is on unless it says tls=false, and a certificate of your own needs tlsCAFile=<path>.';

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
