import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, makeIssuerKey, TestIssuer, type TokenParts } from './issuer.js';

/** What a code was given for. */
interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
}

const LOOPBACK = /^http:\/\/127\.0\.0\.1:\d+\/callback$/;

/**
 * An issuer at which people sign in, by the letter of RFC 6749, RFC 7636 and OpenID Connect: it takes a code once, from
 * the client that it was given to, at the same redirect URI, with the verifier of the challenge.
 */
export class SignInIssuer extends TestIssuer {
  readonly clientId = 'cairn';
  /** Without one the client is a public one. */
  secret: string | undefined;
  /** Where it sends browsers; any port on loopback besides. */
  redirectUris: string[] = [];
  /** Who signs in next. */
  person: Readonly<Record<string, unknown>> = {};
  /** An error that it answers instead of a code. */
  refusal: string | undefined;
  /** Whether it shows a page with a link, on which a person clicks. */
  asks = false;
  /** How ID tokens differ from what they should be. */
  spoiled: TokenParts = {};
  /** What was wrong with requests, in order. */
  readonly complaints: string[] = [];
  private readonly codes = new Map<string, Grant>();

  static override async start(): Promise<SignInIssuer> {
    const issuer = new SignInIssuer();
    issuer.keys = [await makeIssuerKey()];
    await issuer.comeBack();
    return issuer;
  }

  protected override configuration(): Record<string, unknown> {
    return {
      ...super.configuration(),
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  protected override answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    if (pathname === '/authorize') return this.authorize(searchParams, response);
    if (pathname === '/token' && request.method === 'POST' && !this.routes.has(pathname))
      return void this.exchange(request, response);
    super.answer(request, response);
  }

  private authorize(asked: URLSearchParams, response: ServerResponse): void {
    const redirectUri = asked.get('redirect_uri') ?? '';
    const challenge = asked.get('code_challenge') ?? '';
    const wrong = [
      asked.get('client_id') !== this.clientId && 'client_id',
      asked.get('response_type') !== 'code' && 'response_type',
      !this.redirectUris.includes(redirectUri) && !LOOPBACK.test(redirectUri) && 'redirect_uri',
      asked.get('code_challenge_method') !== 'S256' && 'code_challenge_method',
      !/^[\w-]{43}$/.test(challenge) && 'code_challenge',
      !asked.get('scope')?.split(' ').includes('openid') && 'scope',
    ].filter((one) => one !== false);
    if (wrong.length > 0) return this.complain(response, 'invalid_request', wrong.join());
    const code = randomUUID();
    this.codes.set(code, { challenge, redirectUri, nonce: asked.get('nonce'), claims: this.person });
    const location = new URL(redirectUri);
    const outcome = this.refusal === undefined ? { code } : { error: this.refusal, error_description: '<b>no</b>' };
    for (const [name, value] of Object.entries({ ...outcome, state: asked.get('state') ?? '', iss: this.url })) {
      location.searchParams.set(name, value);
    }
    if (!this.asks) return void response.writeHead(302, { location: location.href }).end();
    const link = `<a href="${location.href.replaceAll('&', '&amp;')}">Continue</a>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Sign in</title>${link}`);
  }

  private async exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request));
    if (!this.isClient(request, form)) return this.complain(response, 'invalid_client', 'client');
    const code = form.get('code') ?? '';
    const grant = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const wrong = [
      form.get('grant_type') !== 'authorization_code' && 'grant_type',
      !grant && 'code',
      grant?.redirectUri !== form.get('redirect_uri') && 'redirect_uri',
      grant?.challenge !== challenge && 'code_verifier',
    ].filter((one) => one !== false);
    if (!grant || wrong.length > 0) return this.complain(response, 'invalid_grant', wrong.join());
    const claims = { aud: this.clientId, nonce: grant.nonce, ...grant.claims, ...this.spoiled.claims };
    const idToken = await this.token({ ...this.spoiled, claims });
    json(response, { access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }

  private isClient({ headers }: IncomingMessage, form: URLSearchParams): boolean {
    if (this.secret === undefined) return form.get('client_id') === this.clientId;
    const [, basic = ''] = /^Basic (\S+)$/.exec(headers.authorization ?? '') ?? [];
    // RFC 6749, 2.3.1: each half is encoded as in a form.
    const halves = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    return halves.join('\n') === `${this.clientId}\n${this.secret}`;
  }

  private complain(response: ServerResponse, error: string, about: string): void {
    this.complaints.push(`${error}: ${about}`);
    json(response, { error }, error === 'invalid_client' ? 401 : 400);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
