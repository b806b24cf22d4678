import { createHash } from 'node:crypto';
import type { SignInConfig } from '../../../config.js';
import type { KnownCaller } from '../caller.js';
import { OidcError } from '../oidc/errors.js';
import { audienceWrong, isFor, type CallerResolver } from '../oidc/oidc-callers.js';
import type { VerifiedToken } from '../oidc/verify-token.js';
import { roleFromClaims } from './roles.js';

const SUBJECT_BYTES = 16;

/** Knows people by the tokens of the issuer at which they sign in. */
export class PersonCallers implements CallerResolver {
  readonly issuers: ReadonlySet<string>;

  constructor(private readonly settings: SignInConfig | undefined) {
    this.issuers = new Set(settings && [settings.issuer]);
  }

  resolve(token: VerifiedToken): KnownCaller {
    const { settings } = this;
    if (!settings) throw new OidcError('nobody-fits', 'Signing in is not configured.');
    if (!isMeantFor(token, settings.clientId)) throw audienceWrong(settings.clientId);
    const subject = personSubject(token.issuer, token.subject);
    const role = roleFromClaims(settings.roles, token.claims);
    if (role) return { id: token.id, subject, role };
    throw new OidcError(
      'nobody-fits',
      `You are ${subject} here, and nothing that the issuer says of you gives a role.`,
    );
  }
}

/** OpenID Connect Core 1.0, 3.1.3.7: a token that another client was given is that one's, whom else it may be for. */
const isMeantFor = (token: VerifiedToken, clientId: string): boolean =>
  isFor(token, clientId) && [undefined, clientId].includes(token.claims['azp'] as string | undefined);

/**
 * The pseudonym by which the ledger knows a person: `person-` and the first 16 bytes of SHA-256 over the issuer, a line
 * feed and the subject, in base64url. Whose it is, the identity provider can tell, and the ledger cannot.
 */
export const personSubject = (issuer: string, subject: string): string =>
  `person-${createHash('sha256').update(`${issuer}\n${subject}`).digest().subarray(0, SUBJECT_BYTES).toString('base64url')}`;
