import type { DomainEvent, Remarks } from '../event.js';

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

/** Stream `access-<subject>`. */
export type AccessEvent = TokenIssued | TokenRevoked;
