import type { Role } from '../../domain/access/events.js';

/** Who a request comes from, by whichever kind of token. */
export interface KnownCaller {
  /** Of the token: that of its grant; or, of one that Cairn did not issue, the beginning of its hash. */
  readonly id: string;
  /** Pseudonymous, and the same from one token to the next. */
  readonly subject: string;
  readonly role: Role;
  /** The pipeline that a caller of that role speaks for. */
  readonly pipeline?: string;
  /** RFC 3339; absent, the token does not expire. */
  readonly expiresAt?: string;
  /** Whose token it is, where it is not one of Cairn's own. */
  readonly issuer?: string;
}
