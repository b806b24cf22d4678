import type { Remarks } from '../event.js';
import type { CountedRefusals, TokenGrant } from './events.js';

interface AccessCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly subject: string;
  readonly remarks: Remarks;
}

export type IssueToken = AccessCommandOf<'issue-token'> & { readonly grant: TokenGrant };
export type RevokeToken = AccessCommandOf<'revoke-token'> & { readonly id: string };
/** The server's own: nobody can send it. */
export type CountRefusals = AccessCommandOf<'count-refusals'> & { readonly counted: CountedRefusals };

export type AccessCommand = IssueToken | RevokeToken | CountRefusals;
