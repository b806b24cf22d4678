import type { FastifyRequest } from 'fastify';
import { problem } from '../problems/problem.js';
import type { RouteAccess } from './allow.js';
import type { OthersTokens } from './others-tokens.js';
import type { RateFence } from './rate-fence.js';
import type { KnownToken, TokenDirectory } from './token-directory.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token came with the request; null where the route asks for none. */
    caller: KnownToken | null;
    /** Whose valid token came with the request, also when it may not call the route. For the access log alone. */
    bearer: KnownToken | null;
  }
}

interface Known {
  readonly tokens: TokenDirectory;
  readonly othersTokens: OthersTokens;
  /** Says whether an address may try further tokens. */
  readonly fence: Pick<RateFence, 'mayFail'>;
}

/** What any token looks like that was ever issued. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{32,256}$/;

/**
 * Decides before the body is read who may go on. A route that does not say who may call it lets nobody in.
 *
 * @throws HttpProblem `unauthenticated` or `forbidden`
 */
export async function authenticate(request: FastifyRequest, known: Known): Promise<void> {
  if (request.is404) return;
  const { allow } = request.routeOptions.config as Partial<RouteAccess>;
  if (allow === 'no-token') return;
  const token = bearerOf(request.headers.authorization);
  const caller = known.tokens.find(token, Date.now()) ?? (await foundElsewhere(request, token, known));
  if (!caller) throw problem('unauthenticated', 'The token is not known, has expired or was revoked.');
  request.bearer = caller;
  if (!allow?.includes(caller.role)) {
    const who = allow ? allow.join(' or ') : 'nobody';
    throw problem('forbidden', `Your token has the role ${caller.role}. This is for: ${who}.`);
  }
  request.caller = caller;
}

/** Another server may have issued it a moment ago. */
async function foundElsewhere(
  request: FastifyRequest,
  token: string,
  { tokens, othersTokens, fence }: Known,
): Promise<KnownToken | undefined> {
  if (!TOKEN.test(token) || !(await fence.mayFail(request))) return undefined;
  await othersTokens.catchUp();
  return tokens.find(token, Date.now());
}

/** The caller of a route that asks for a token. */
export function callerOf(request: FastifyRequest): KnownToken {
  if (!request.caller) throw problem('unauthenticated', 'A token is needed here.');
  return request.caller;
}

/** The token of an `Authorization` header. @throws HttpProblem `unauthenticated` */
export function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw problem('unauthenticated', 'Send a token as "Authorization: Bearer <token>".');
  }
  const token = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
  if (token === undefined) throw problem('unauthenticated', 'The Authorization header is not "Bearer <token>".');
  return token;
}
