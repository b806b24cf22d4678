import type { Log } from '../../problems/to-problem.js';
import type { KnownCaller } from '../caller.js';
import { OidcError, shown } from './errors.js';
import type { KeyTimes } from './issuer-keys.js';
import { TokenVerifier, type MayAsk, type VerifiedToken } from './verify-token.js';

/** What a request says besides its token. */
export interface CallerHints {
  /** The pipeline that it means, where its token is one of several (`Cairn-Pipeline`). */
  readonly pipeline?: string;
}

/** Knows the callers behind the tokens of some issuers. It is asked on every request, so that what it knows counts at once. */
export interface CallerResolver {
  /** Those whose tokens it is asked about, and which are trusted therefore. */
  readonly issuers: ReadonlySet<string>;
  /**
   * Whom the token lets in. The audience is not checked yet, for it depends on who that is.
   *
   * @throws OidcError `audience-wrong`, `nobody-fits`, `several-fit` or `claim-invalid`
   */
  resolve(token: VerifiedToken, hints: CallerHints): KnownCaller;
}

/** Who comes with a token of an issuer that is trusted. */
export class OidcCallers {
  private readonly verifier: TokenVerifier;

  /** The first of the resolvers that knows a token's bearer says who it is. */
  constructor(
    private readonly resolvers: readonly CallerResolver[],
    log: Log,
    times?: KeyTimes,
  ) {
    this.verifier = new TokenVerifier(
      resolvers.flatMap(({ issuers }) => [...issuers]),
      log,
      times,
    );
  }

  /** Whether any issuer is trusted. */
  get isOn(): boolean {
    return this.resolvers.some(({ issuers }) => issuers.size > 0);
  }

  /** @throws OidcError, whatever is sent */
  async callerOf(token: string, hints: CallerHints, mayAsk?: MayAsk): Promise<KnownCaller> {
    const verified = await this.verifier.verify(token, mayAsk);
    let failure: OidcError | undefined;
    for (const resolver of this.resolvers) {
      if (!resolver.issuers.has(verified.issuer)) continue;
      try {
        return { ...resolver.resolve(verified, hints), ...termsOf(verified) };
      } catch (error) {
        if (!(error instanceof OidcError)) throw error;
        if (!failure || saysMore(error, failure)) failure = error;
      }
    }
    throw failure ?? new OidcError('nobody-fits', 'Nobody is registered for this token.');
  }

  close(): void {
    this.verifier.close();
  }
}

/**
 * Whether the second of two who do not know the bearer should be heard. One that the token is not for says nothing of who
 * it is; of two that found nobody the later one is, for people, and it looked only because the token is for it.
 */
const saysMore = (later: OidcError, earlier: OidcError): boolean =>
  later.code !== 'audience-wrong' && ['audience-wrong', 'nobody-fits'].includes(earlier.code);

/** Whose the token is and until when; that it says so was checked. */
const termsOf = ({ issuer, claims }: VerifiedToken) => ({
  issuer,
  expiresAt: new Date(Number(claims['exp']) * 1_000).toISOString(),
});

/** Whether the token is for this audience (RFC 7519, 4.1.3). */
export const isFor = ({ claims }: VerifiedToken, audience: string): boolean =>
  [claims['aud']].flat().includes(audience);

export const audienceWrong = (audience: string): OidcError =>
  new OidcError('audience-wrong', `The token is for another audience. It must be for ${shown(audience)}.`);
