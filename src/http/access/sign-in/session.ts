import type { FastifyRequest } from 'fastify';
import { prefersHtml } from '../../input/accept.js';
import { PATTERNS } from '../../input/patterns.js';
import { HttpProblem, problem } from '../../problems/problem.js';
import type { KnownCaller } from '../caller.js';
import { OidcError } from '../oidc/errors.js';
import type { OidcCallers } from '../oidc/oidc-callers.js';
import type { MayAsk } from '../oidc/verify-token.js';
import { SIGN_IN_PATH, type Site } from './site.js';

const READS = new Set(['GET', 'HEAD']);

/**
 * The token of the session's cookie, where it counts: a header wins over it, and a browser sends a cookie also where
 * another site makes it write. Such a site may send what a form can, which no route reads, or nothing at all.
 *
 * @throws HttpProblem `unauthenticated`
 */
export function sessionToken(request: FastifyRequest, site: Site): string | undefined {
  if (request.headers.authorization !== undefined) return undefined;
  const token = site.sessionOf(request);
  if (token === undefined || READS.has(request.method) || site.isOwn(request)) return token;
  throw problem(
    'unauthenticated',
    'A cookie counts for a write only where a page of this server sends it. Send a token.',
  );
}

/** Who signs in is a person, also where a pipeline's registration would fit the token. @throws OidcError */
export async function personOf(token: string, oidc: OidcCallers, mayAsk?: MayAsk): Promise<KnownCaller> {
  const caller = await oidc.callerOf(token, {}, mayAsk);
  if (caller.role !== 'pipeline') return caller;
  throw new OidcError('nobody-fits', 'The token is a pipeline’s, and people sign in here.');
}

/** Tells who is not let in with a browser where to sign in. What is for programs stays as it is. */
export function withWayIn(error: unknown, request: FastifyRequest): unknown {
  const isPage = request.method === 'GET' && prefersHtml(request.headers.accept);
  if (!isPage || !(error instanceof HttpProblem) || error.body.status !== 401) return error;
  const { url } = request;
  const way = PATTERNS.returnPath.test(url) ? `${SIGN_IN_PATH}?to=${encodeURIComponent(url)}` : SIGN_IN_PATH;
  const headers = { ...error.headers, link: `<${way}>; rel="related"; title="Sign in"` };
  return new HttpProblem({ ...error.body, hint: `Sign in at ${way}` }, headers, { cause: error.cause });
}
