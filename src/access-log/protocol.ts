import type { TimedAccess } from './entity.js';
import type { AccessFilter, AccessPaging } from './queries.js';
import type { TokenUse } from './token-uses.js';

/** What the worker needs to begin. */
export interface AccessWorkerData {
  readonly file: string;
}

/** What is asked of the worker; each is answered under its number. */
export type AccessRequest =
  | { readonly kind: 'append'; readonly entries: readonly TimedAccess[] }
  | { readonly kind: 'uses'; readonly uses: readonly TokenUse[] }
  | { readonly kind: 'page'; readonly filter: AccessFilter; readonly paging: AccessPaging };

export type ToAccessWorker =
  { readonly kind: 'request'; readonly number: number; readonly request: AccessRequest } | { readonly kind: 'close' };

export type FromAccessWorker =
  /** The tables are there; `lastAt` is the time of the last entry. */
  | { readonly kind: 'ready'; readonly lastAt: string | undefined; readonly uses: readonly TokenUse[] }
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly number: number; readonly message: string }
  /** It takes nothing more. */
  | { readonly kind: 'failed'; readonly message: string };
