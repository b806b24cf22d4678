import type { Remarks } from '../event.js';
import type { TokenGrant } from './events.js';

interface AccessCommandOf<Kind extends string> {
  readonly kind: Kind;
  readonly subject: string;
  readonly remarks: Remarks;
}

export type IssueToken = AccessCommandOf<'issue-token'> & { readonly grant: TokenGrant };
export type RevokeToken = AccessCommandOf<'revoke-token'> & { readonly id: string };

export type AccessCommand = IssueToken | RevokeToken;
