import type { FastifyReply, FastifyRequest } from 'fastify';
import { ATTEMPT_SECONDS } from './attempt.js';
import { SignInError } from './errors.js';
import type { SignedIn } from './issuer-client.js';

/** Where a browser begins to sign in. */
export const SIGN_IN_PATH = '/v1/sign-in';

/** RFC 6265, 6.1: what browsers keep at least, and no more of. Name and attributes have room beside it. */
const VALUE_CHARACTERS_MAX = 3_900;

/** What browsers know of us: the origin at which they reach the server, and the cookies that they keep for it. */
export class Site {
  readonly callback: string;
  private readonly isSecure: boolean;
  private readonly session: string;
  private readonly attempt: string;

  /** @param origin `https://cairn.example.org`, or http on loopback */
  constructor(private readonly origin: string) {
    this.callback = `${origin}${SIGN_IN_PATH}/callback`;
    this.isSecure = origin.startsWith('https:');
    // With the prefix a browser takes them from this very host alone, and over https: no neighbour can plant one.
    const prefix = this.isSecure ? '__Host-' : '';
    this.session = this.isSecure ? '__Host-cairn' : 'cairn-session';
    this.attempt = `${prefix}cairn-sign-in`;
  }

  /** The address at which a browser came back: ours, with what the issuer added. */
  returnedOf({ url }: FastifyRequest): URL {
    const returned = new URL(this.callback);
    returned.search = url.includes('?') ? url.slice(url.indexOf('?')) : '';
    return returned;
  }

  sessionOf(request: FastifyRequest): string | undefined {
    return cookieOf(request, this.session);
  }

  attemptOf(request: FastifyRequest): string | undefined {
    return cookieOf(request, this.attempt);
  }

  /**
   * Whether a page of this server sent the request, and no other site's. What says nothing of where it comes from is
   * no browser of today, and such a one has no business with a cookie.
   */
  isOwn({ headers }: FastifyRequest): boolean {
    if (headers.origin !== undefined) return headers.origin === this.origin;
    return headers['sec-fetch-site'] === 'same-origin';
  }

  keepAttempt(reply: FastifyReply, sealed: string): void {
    this.keep(reply, this.attempt, { value: sealed, maxAge: ATTEMPT_SECONDS });
  }

  /** @throws SignInError `too-large` */
  keepSession(reply: FastifyReply, { token, expiresAtSeconds }: SignedIn): void {
    if (token.length > VALUE_CHARACTERS_MAX) {
      throw new SignInError(
        'too-large',
        `The issuer’s token has ${token.length} characters, and a browser keeps ${VALUE_CHARACTERS_MAX}. Let the issuer put fewer groups into it`,
      );
    }
    const maxAge = Math.max(0, Math.floor(expiresAtSeconds - Date.now() / 1_000));
    this.keep(reply, this.session, { value: token, maxAge });
  }

  forgetAttempt(reply: FastifyReply): void {
    this.keep(reply, this.attempt, { value: '', maxAge: 0 });
  }

  forgetSession(reply: FastifyReply): void {
    this.keep(reply, this.session, { value: '', maxAge: 0 });
  }

  /**
   * `SameSite=Lax`: a page that the issuer sends the browser to is not told a `Strict` one, and the first page after
   * signing in is such a page.
   */
  private keep(reply: FastifyReply, name: string, { value, maxAge }: { value: string; maxAge: number }): void {
    void reply.setCookie(name, value, {
      path: '/',
      httpOnly: true,
      secure: this.isSecure,
      sameSite: 'lax',
      maxAge,
    });
  }
}

function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const value = request.server.parseCookie(cookie)[name];
  return value === '' ? undefined : value;
}
