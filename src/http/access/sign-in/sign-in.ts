import type { Configuration } from 'openid-client';
import type { SignInConfig } from '../../../config.js';
import type { Log } from '../../problems/to-problem.js';
import { AttemptSeal } from './attempt.js';
import { SignInError } from './errors.js';
import { authorizationUrl, discover, exchange, newChallenge, type SignedIn } from './issuer-client.js';
import { Site } from './site.js';

/** How long what the issuer said of itself is believed. */
const METADATA_MS = 3_600_000;
/** How long an issuer that did not answer is left alone. */
const PAUSE_MS = 5_000;

interface Found {
  readonly config: Promise<Configuration>;
  until: number;
}

/** Lets people in by the issuer: the authorisation code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636). */
export class SignIn {
  readonly site: Site;
  private readonly seal: AttemptSeal;
  private found: Found | undefined;

  constructor(
    readonly settings: SignInConfig,
    private readonly log: Log,
  ) {
    this.site = new Site(settings.publicUrl);
    this.seal = new AttemptSeal(settings.clientSecret);
  }

  /**
   * Where the browser is sent, and what it must bring back.
   *
   * @param to path that it wants to go to in the end
   * @throws SignInError
   */
  async begin(to: string): Promise<{ location: string; attempt: string }> {
    const challenge = newChallenge();
    const { scope } = this.settings;
    const location = await authorizationUrl(await this.issuer(), challenge, { redirectUri: this.site.callback, scope });
    return { location: location.href, attempt: await this.seal.seal({ ...challenge, to }) };
  }

  /**
   * What came of it.
   *
   * @param returned the address at which the browser came back
   * @param sealed what it was given to bring back
   * @throws SignInError
   */
  async finish(returned: URL, sealed: string | undefined): Promise<SignedIn & { readonly to: string }> {
    const attempt = sealed === undefined ? undefined : await this.seal.open(sealed);
    if (!attempt || returned.searchParams.get('state') !== attempt.state) {
      throw new SignInError('not-begun', 'This was not begun in this browser, or too long ago, or is over already');
    }
    try {
      return { ...(await exchange(await this.issuer(), returned, attempt)), to: attempt.to };
    } catch (error) {
      throw this.told(error);
    }
  }

  private async issuer(): Promise<Configuration> {
    if (!this.found || this.found.until <= Date.now()) this.found = this.lookUp();
    return this.found.config;
  }

  /** Those who come together wait for one answer, and those who come too soon after a failure are told the same. */
  private lookUp(): Found {
    const found: Found = { config: discover(this.settings), until: Date.now() + METADATA_MS };
    found.config.catch((error: unknown) => {
      found.until = Date.now() + PAUSE_MS;
      this.told(error);
    });
    return found;
  }

  /** Whoever runs the server hears of what is not the person's own doing. */
  private told(error: unknown): unknown {
    const isTrouble = error instanceof SignInError && error.code !== 'turned-away';
    if (isTrouble) this.log(`Signing in: ${error.message}.`);
    return error;
  }
}
