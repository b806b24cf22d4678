import type { DomainEvent, Remarks } from '../event.js';
import type { RefusalReason } from '../refusal.js';

export const ROLES = ['admin', 'pipeline', 'approver', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** What a token lets its bearer be. */
export interface TokenGrant {
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  /** The pipeline that a token of that role speaks for. */
  readonly pipeline?: string;
  /** RFC 3339; absent, it does not expire. */
  readonly expiresAt?: string;
  /** SHA-256 of the token in hex. The token itself is nowhere in the ledger. */
  readonly hash: string;
}

export type TokenIssued = DomainEvent<'TokenIssued.v1', TokenGrant, Remarks>;
export type TokenRevoked = DomainEvent<'TokenRevoked.v1', { readonly id: string; readonly subject: string }, Remarks>;

/** How many commands of a caller were refused within a minute, beyond those that were written down singly. */
export interface CountedRefusals {
  readonly subject: string;
  /** Where all of them came for the same one. */
  readonly pipeline?: string;
  /** The time that they came in, RFC 3339; `until` is not of it. */
  readonly from: string;
  readonly until: string;
  readonly count: number;
  /** How many for each reason; together they are the count. */
  readonly reasons: Readonly<Partial<Record<RefusalReason, number>>>;
}

export type RefusalsCounted = DomainEvent<'RefusalsCounted.v1', CountedRefusals, Remarks>;

/** Stream `access-<subject>`. */
export type AccessEvent = TokenIssued | TokenRevoked | RefusalsCounted;
