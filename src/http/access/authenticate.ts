import type { FastifyRequest } from 'fastify';
import { PATTERN_HINTS, PATTERNS } from '../input/patterns.js';
import { invalidRequest } from '../input/read-dto.js';
import { HttpProblem, problem } from '../problems/problem.js';
import type { RouteAccess } from './allow.js';
import type { KnownCaller } from './caller.js';
import { OidcError } from './oidc/errors.js';
import type { CallerHints, OidcCallers } from './oidc/oidc-callers.js';
import { OIDC_PROBLEMS } from './oidc/problems.js';
import { isJwt, TOKEN_CHARACTERS_MAX } from './oidc/read-token.js';
import { personOf, sessionToken, withWayIn } from './sign-in/session.js';
import type { SignIn } from './sign-in/sign-in.js';
import type { OthersTokens } from './others-tokens.js';
import type { RateFence } from './rate-fence.js';
import type { TokenDirectory } from './token-directory.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose token came with the request; null where the route asks for none. */
    caller: KnownCaller | null;
    /** Whose valid token came with the request, also when it may not call the route. For the access log alone. */
    bearer: KnownCaller | null;
  }
}

interface Known {
  readonly tokens: TokenDirectory;
  readonly othersTokens: OthersTokens;
  readonly oidc: OidcCallers;
  /** Says whether an address may try further tokens. */
  readonly fence: Pick<RateFence, 'mayFail'>;
  /** Absent where people do not sign in. */
  readonly signIn?: SignIn;
}

/** Which pipeline is meant, where a token is of several. */
const PIPELINE_HEADER = 'cairn-pipeline';

const HEADER_CHARACTERS_MAX = TOKEN_CHARACTERS_MAX + 'Bearer '.length;

/** What any token looks like that was ever issued. */
const TOKEN = /^[A-Za-z0-9._~+/=-]{32,256}$/;

/**
 * Decides before the body is read who may go on. A route that does not say who may call it lets nobody in.
 *
 * @throws HttpProblem `unauthenticated` or `forbidden`; `unavailable` or `invalid-request` for what an OIDC token lacks
 */
export async function authenticate(request: FastifyRequest, known: Known): Promise<void> {
  if (request.is404) return;
  const { allow } = request.routeOptions.config as Partial<RouteAccess>;
  if (allow === 'no-token') return;
  const caller = await knownCaller(request, known);
  request.bearer = caller;
  if (!allow?.includes(caller.role)) {
    const who = allow ? allow.join(' or ') : 'nobody';
    throw problem('forbidden', `Your token has the role ${caller.role}. This is for: ${who}.`);
  }
  request.caller = caller;
}

async function knownCaller(request: FastifyRequest, known: Known): Promise<KnownCaller> {
  const { signIn } = known;
  if (!signIn) return byHeader(request, known);
  try {
    const session = sessionToken(request, signIn.site);
    if (session === undefined) return await byHeader(request, known);
    return await personOf(session, known.oidc, () => known.fence.mayFail(request));
  } catch (error) {
    throw withWayIn(problemOf(error), request);
  }
}

async function byHeader(request: FastifyRequest, known: Known): Promise<KnownCaller> {
  const token = bearerOf(request.headers.authorization);
  return known.tokens.find(token, Date.now()) ?? (await foundOtherwise(token, request, known));
}

async function foundOtherwise(token: string, request: FastifyRequest, known: Known): Promise<KnownCaller> {
  if (known.oidc.isOn && isJwt(token)) return callerByOidc(token, request, known);
  const caller = await foundElsewhere(token, request, known);
  if (caller) return caller;
  throw invalidToken('The token is not known, has expired or was revoked.');
}

/** Another server may have issued it a moment ago. */
async function foundElsewhere(
  token: string,
  request: FastifyRequest,
  { tokens, othersTokens, fence }: Known,
): Promise<KnownCaller | undefined> {
  if (!TOKEN.test(token) || !(await fence.mayFail(request))) return undefined;
  await othersTokens.catchUp();
  return tokens.find(token, Date.now());
}

async function callerByOidc(token: string, request: FastifyRequest, known: Known): Promise<KnownCaller> {
  const hints = hintsOf(request);
  try {
    return await known.oidc.callerOf(token, hints, () => known.fence.mayFail(request));
  } catch (error) {
    const mayBeNew = error instanceof OidcError && error.code === 'nobody-fits' && (await known.fence.mayFail(request));
    if (!mayBeNew) throw problemOf(error);
  }
  // Another server may have registered somebody for it a moment ago.
  await known.othersTokens.catchUp();
  return known.oidc.callerOf(token, hints).catch((error: unknown) => {
    throw problemOf(error);
  });
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof OidcError)) return error;
  const code = OIDC_PROBLEMS[error.code];
  if (code === 'unauthenticated') return invalidToken(error.message, { cause: error });
  return problem(code, error.message, {}, { cause: error });
}

function hintsOf({ headers }: FastifyRequest): CallerHints {
  const pipeline = headers[PIPELINE_HEADER];
  if (pipeline === undefined) return {};
  if (typeof pipeline === 'string' && PATTERNS.pipeline.test(pipeline)) return { pipeline };
  throw invalidRequest([{ field: 'Cairn-Pipeline', detail: `must be ${PATTERN_HINTS.pipeline}` }]);
}

/** The caller of a route that asks for a token. */
export function callerOf(request: FastifyRequest): KnownCaller {
  if (!request.caller) throw problem('unauthenticated', 'A token is needed here.');
  return request.caller;
}

/** The token of an `Authorization` header. @throws HttpProblem `unauthenticated` */
export function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw problem('unauthenticated', 'Send a token as "Authorization: Bearer <token>".');
  }
  if (authorization.length > HEADER_CHARACTERS_MAX) {
    throw invalidToken(`A token may have ${TOKEN_CHARACTERS_MAX / 1024} KiB.`);
  }
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw problem('unauthenticated', 'The Authorization header is not "Bearer <token>".');
  return token;
}

/** RFC 6750, 3.1: a token came, and it is the token that is wrong. */
function invalidToken(detail: string, options?: ErrorOptions): HttpProblem {
  const { body, headers } = problem('unauthenticated', detail);
  const challenge = `${headers['www-authenticate']}, error="invalid_token"`;
  return new HttpProblem(body, { ...headers, 'www-authenticate': challenge }, options);
}
