import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  UnavailableError,
} from '@eventstore/db-client';
import { StoreError } from '../port.js';

/** Numbers of gRPC's status codes (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
const GRPC = { permissionDenied: 7, unimplemented: 12, unavailable: 14, unauthenticated: 16 } as const;

const CERTIFICATE = /certificate|self.signed|altnames|UNABLE_TO_|DEPTH_ZERO|issuer/i;
/** What a proxy says in the place of a server that is away; gRPC counts it as unavailable (429, 502, 503, 504). */
const PROXY = /HTTP status code/i;
const NOT_TLS = /wrong version number|EPROTO|packet length too long|secure TLS connection was established/i;
/** The connection was never made, so that nothing of the call can have been done. */
const NEVER_SENT = /No connection established|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|Name resolution failed/i;

/** The call was not answered in time; whether it was done is not known. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
}

/** What went wrong in the client as one of the store's codes, in words that tell what to look at. Holds no secret. */
export function storeError(error: unknown, server: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (error instanceof AccessDeniedError || code === GRPC.unauthenticated || code === GRPC.permissionDenied) {
    const hint = 'The user needs to read $all and to write streams: check the user and password in the URL.';
    return new StoreError('denied', `${server} does not let this user in. ${hint}`);
  }
  if (CERTIFICATE.test(reason)) {
    const hint = 'Name the authority’s certificate with tlsCAFile, and a host that the certificate is for.';
    return new StoreError('untrusted', `The certificate of ${server} cannot be trusted: ${reason}. ${hint}`);
  }
  if (NOT_TLS.test(reason)) {
    return new StoreError(
      'untrusted',
      `${server} does not speak TLS, which is the default; a laptop’s may need tls=false.`,
    );
  }
  if (error instanceof NotLeaderError) {
    return new StoreError(
      'read-only',
      `${server} takes no writes: it is not the leader, and the leader cannot be reached.`,
    );
  }
  if (error instanceof StreamDeletedError || error instanceof MaxAppendSizeExceededError) {
    return new StoreError('corrupt', `${server} does not take this event, now or later: ${reason}`);
  }
  const isAwayBehindProxy = code === GRPC.unavailable && PROXY.test(reason);
  if (isAwayBehindProxy) return new StoreError('unavailable', `${server} cannot be reached: ${reason}`);
  if (code === GRPC.unimplemented || /Protocol error|HTTP status code|Parse Error/i.test(reason)) {
    return new StoreError('foreign', `${server} answers, but not as a KurrentDB: ${reason}`);
  }
  return new StoreError('unavailable', `${server} cannot be reached: ${reason}`);
}

/** Whether asking once more, a moment later or elsewhere, can help. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  const { code } = storeError(error, '');
  return code === 'unavailable' || code === 'unsettled';
}

/**
 * Whether a follower has to give up: the ledger is not what it was, or the store is closed here. Whatever a server
 * refuses while it is restarted, moved or given other rights can be over a moment later.
 */
export function isFinal(error: unknown): boolean {
  return !(error instanceof StoreError) || error.code === 'corrupt' || error.code === 'closed';
}

/** Whether the call certainly did nothing. */
export function wasNeverSent(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  return error instanceof UnavailableError && NEVER_SENT.test(error.message);
}

function codeOf(error: unknown): number | undefined {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'number' ? code : undefined;
}
