import * as oidc from 'openid-client';
import { boundedBody, fetchFailure } from '../../../fetched.js';
import { isIssuer } from '../oidc/issuer-address.js';
import type { Attempt } from './attempt.js';
import { SignInError } from './errors.js';

/** As what we are known to the issuer. */
export interface ClientRegistration {
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client, which has PKCE alone. */
  readonly clientSecret?: string;
}

/** What the issuer gives in the end, verified. */
export interface SignedIn {
  /** The ID token. */
  readonly token: string;
  /** When it ends, in seconds since 1970. */
  readonly expiresAtSeconds: number;
}

type Challenge = Omit<Attempt, 'to'>;

const TIMEOUT_SECONDS = 10;
const ANSWER_BYTES_MAX = 1024 * 1024;

export const newChallenge = (): Challenge => ({
  state: oidc.randomState(),
  nonce: oidc.randomNonce(),
  verifier: oidc.randomPKCECodeVerifier(),
});

/**
 * Asks the issuer who it is and where it lets people in (OpenID Connect Discovery 1.0, 4).
 *
 * @throws SignInError
 */
export async function discover({ issuer, clientId, clientSecret }: ClientRegistration): Promise<oidc.Configuration> {
  if (!isIssuer(issuer)) throw new SignInError('answer-invalid', 'The issuer has no https address');
  const execute = [oidc.enableNonRepudiationChecks];
  // It is on this very machine then.
  if (issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests);
  const options = { execute, timeout: TIMEOUT_SECONDS, [oidc.customFetch]: boundedFetch };
  const authentication = clientSecret === undefined ? oidc.None() : secretAuthentication(clientSecret);
  const found = await spokenWith(oidc.discovery(new URL(issuer), clientId, {}, authentication, options));
  const name = found.serverMetadata().issuer;
  if (name === issuer) return found;
  throw new SignInError(
    'answer-invalid',
    `The issuer calls itself ${JSON.stringify(name)}, and the setting says ${issuer}`,
  );
}

/** Where the browser is sent (RFC 6749, 4.1.1; RFC 7636, 4.3). */
export async function authorizationUrl(
  config: oidc.Configuration,
  { state, nonce, verifier }: Challenge,
  { redirectUri, scope }: { readonly redirectUri: string; readonly scope: string },
): Promise<URL> {
  return oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
}

/**
 * Takes the code to the issuer, and checks the ID token that comes for it: issuer, audience, times, nonce, and the
 * signature against the issuer's keys.
 *
 * @param returned the address at which the browser came back, which must be the redirect URI with what the issuer added
 * @throws SignInError
 */
export async function exchange(
  config: oidc.Configuration,
  returned: URL,
  { state, nonce, verifier }: Challenge,
): Promise<SignedIn> {
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
  const answer = await spokenWith(oidc.authorizationCodeGrant(config, returned, checks));
  const claims = answer.claims();
  if (answer.id_token === undefined || claims === undefined) {
    throw new SignInError('answer-invalid', 'The issuer gave no ID token');
  }
  return { token: answer.id_token, expiresAtSeconds: claims.exp };
}

/** By the way that the issuer takes; without a word from it, by that which all must take (RFC 6749, 2.3.1). */
function secretAuthentication(secret: string): oidc.ClientAuth {
  const [inBody, inHeader] = [oidc.ClientSecretPost(secret), oidc.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? [];
    const authenticate = methods.includes('client_secret_post') ? inBody : inHeader;
    return authenticate(server, ...rest);
  };
}

/** The library follows no redirect and has a time limit of its own; this is the one of size. */
const boundedFetch: oidc.CustomFetch = async (url, options) => {
  try {
    const answer = await fetch(url, options as RequestInit);
    const body = await boundedBody(answer, ANSWER_BYTES_MAX);
    if (!body) throw new SignInError('answer-invalid', 'The issuer’s answer is too long');
    return new Response(body.length === 0 ? null : body, { status: answer.status, headers: answer.headers });
  } catch (error) {
    if (error instanceof SignInError) throw error;
    throw new SignInError('unavailable', `The issuer does not answer (${fetchFailure(error)})`);
  }
};

async function spokenWith<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asSignInError(error);
  }
}

/** Codes of the library that say that who answered is not well. */
const AWAY = new Set(['OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);

/** An error code of RFC 6749 or OpenID Connect. Anything else that comes with an address may be anybody's words. */
const CODE = /^[a-z_]{1,60}$/;

/** The library's errors hold the code, the token and the answer: of those nothing is kept but their own words. */
function asSignInError(error: unknown): SignInError {
  const inner = causeOf(error);
  if (inner instanceof SignInError) return inner;
  const kept = { cause: new Error(wordsOf(error)) };
  if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError) {
    const said = CODE.test(error.error) ? error.error : 'an error without a name';
    return new SignInError('turned-away', `The issuer answered ${said}`, kept);
  }
  const isAway = AWAY.has(String((error as { code?: unknown }).code));
  const what = isAway ? 'The issuer does not answer' : 'What the issuer gave does not hold';
  return new SignInError(isAway ? 'unavailable' : 'answer-invalid', `${what} (${wordsOf(error)})`, kept);
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? (error.cause ?? error) : error);

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
