import { EXIT_CODES, type ExitReason } from './exit-codes.js';

/** What stops a sub-command: said to the caller in a sentence, without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly reason: ExitReason,
    message: string,
    /** What the caller can do now. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Errors of other rooms, by the code that they carry, so that this room needs none of their classes. */
const REASON_OF_CODE: Readonly<Record<string, { reason: ExitReason; hint?: string }>> = {
  'in-use': { reason: 'inUse', hint: 'Stop the other process first, or give this one another folder with --data.' },
  unavailable: { reason: 'unavailable' },
  unsettled: { reason: 'unavailable' },
  corrupt: { reason: 'input' },
  'malformed-package': { reason: 'input' },
  denied: { reason: 'config', hint: 'The URL of the event store is CAIRN_EVENT_STORE.' },
  untrusted: { reason: 'config', hint: 'The URL of the event store is CAIRN_EVENT_STORE.' },
  foreign: { reason: 'config', hint: 'The URL of the event store is CAIRN_EVENT_STORE.' },
  'read-only': { reason: 'config', hint: 'Name all nodes of the cluster in CAIRN_EVENT_STORE.' },
  'database-away': { reason: 'unavailable' },
  'database-held': { reason: 'inUse' },
  'database-refused': { reason: 'config', hint: 'The URL of the views’ database is CAIRN_DATABASE.' },
  unfinished: { reason: 'inUse', hint: 'Run cairn migrate again: it goes on where it was, and says when it is done.' },
  occupied: { reason: 'config', hint: 'Name a KurrentDB without a ledger in CAIRN_EVENT_STORE.' },
  'nothing-to-move': { reason: 'input' },
  'not-moved': { reason: 'failed', hint: 'Run it without --verify.' },
  'unknown-event': { reason: 'input', hint: 'GET /v1/events lists events with their ids. Nothing was erased.' },
  'records-an-erasure': { reason: 'failed', hint: 'Nothing was erased.' },
  'leaf-would-change': { reason: 'failed' },
  'seals-missing': { reason: 'config' },
  'key-missing': { reason: 'config' },
  'key-exposed': { reason: 'config' },
  'key-unusable': { reason: 'config' },
  'key-differs': { reason: 'config' },
  'origin-differs': { reason: 'config' },
  'turned-away': {
    reason: 'denied',
    hint: 'With invalid_client the issuer wants a secret, which no program can keep: it must know a public client.',
  },
  'answer-invalid': { reason: 'failed' },
  'invalid-setting': { reason: 'config' },
  EADDRINUSE: {
    reason: 'unavailable',
    hint: 'Choose another port with --port or CAIRN_PORT; --port 0 takes any free one.',
  },
  EADDRNOTAVAIL: { reason: 'unavailable', hint: 'Choose an address of this machine with --host or CAIRN_HOST.' },
  ENOTFOUND: { reason: 'unavailable', hint: 'Choose an address of this machine with --host or CAIRN_HOST.' },
  EACCES: { reason: 'denied' },
  EPERM: { reason: 'denied' },
  EROFS: { reason: 'denied' },
  ENOSPC: { reason: 'unavailable' },
  ENOENT: { reason: 'input' },
  EISDIR: { reason: 'input' },
  ENOTDIR: { reason: 'input' },
  Z_BUF_ERROR: { reason: 'input', hint: 'The compressed file is cut off or damaged.' },
  Z_DATA_ERROR: { reason: 'input', hint: 'The compressed file is cut off or damaged.' },
};

/** Any thrown value as what is said and the code that the process ends with. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const known = REASON_OF_CODE[codeOf(thrown) ?? ''];
  return new CliError(known?.reason ?? 'internal', message, known?.hint, { cause: thrown });
}

export const exitCodeOf = (error: CliError): number => EXIT_CODES[error.reason];

function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const { code, name } = thrown as { code?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  return name === 'ConfigError' ? 'invalid-setting' : undefined;
}
