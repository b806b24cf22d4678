import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessLog } from '../access-log/access-log.js';
import type { RouteAccess, RouteInfo } from './access/allow.js';
import { authenticate } from './access/authenticate.js';
import { AccessRecorder } from './access/record-access.js';
import type { OidcCallers } from './access/oidc/oidc-callers.js';
import type { SignIn } from './access/sign-in/sign-in.js';
import type { OthersTokens } from './access/others-tokens.js';
import { RateFence } from './access/rate-fence.js';
import type { TokenDirectory } from './access/token-directory.js';
import { parseJsonBytes } from './input/json.js';
import { BODY_BYTES_MAX, CONNECTIONS_MAX, IMPORT_BYTES_MAX, TIMEOUTS } from './limits.js';
import { HttpProblem, problem } from './problems/problem.js';
import { sendProblem } from './problems/problem.filter.js';
import { toProblem, type Log } from './problems/to-problem.js';
import { EVERY_ANSWER } from './security-headers.js';

const IMPORTS = '/v1/imports';

/** Longest path parameter: a service’s name, percent-encoded. */
const PARAM_CHARACTERS_MAX = 1_024;

interface AdapterParts {
  readonly tokens: TokenDirectory;
  readonly othersTokens: OthersTokens;
  readonly oidc: OidcCallers;
  readonly signIn?: SignIn;
  readonly accessLog: AccessLog;
  readonly log: Log;
  /** Requests of a caller within a minute; 0 for no limit. */
  readonly rateLimit: number;
  /** Other ones than {@link TIMEOUTS}, for tests that cannot wait. */
  readonly timeouts?: Partial<FastifyServerOptions>;
}

/**
 * Fastify with our own reading of bodies and tokens in its hooks. They run before Nest’s pipeline and cost next to
 * nothing, and a token is checked before a byte of the body is taken.
 */
export function createAdapter(parts: AdapterParts): { adapter: FastifyAdapter; routes: RouteInfo[] } {
  const { tokens, accessLog, log, rateLimit, timeouts = TIMEOUTS } = parts;
  const recorder = new AccessRecorder(accessLog, tokens);
  const answerUnrouted = (error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    if (!request.isFlood) recorder.recordWhenSent(request, reply);
    sendProblem(reply, toProblem(error, log));
  };
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
    // The router's own refusals pass no hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(EVERY_ANSWER);
      void fence.failed(request).then(
        () => answerUnrouted(error, request, reply),
        (tooMany: Error) => answerUnrouted(tooMany, request, reply),
      );
    },
    clientErrorHandler: answerBrokenRequest,
    ...timeouts,
  });
  const fastify = adapter.getInstance();
  fastify.server.maxConnections = CONNECTIONS_MAX;
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBytes(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer', bodyLimit: IMPORT_BYTES_MAX },
    (request, body, done) => {
      if (request.routeOptions.url === IMPORTS) done(null, body);
      else
        done(
          problem('unsupported-media-type', `application/x-ndjson is read at ${IMPORTS} only. Send application/json.`),
        );
    },
  );
  fastify.decorateRequest('caller', null).decorateRequest('bearer', null);
  const fence = RateFence.around(fastify, rateLimit);
  const known = { ...parts, fence };
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(EVERY_ANSWER);
    admit(request, known).then(
      () => done(),
      (error: Error) => done(error),
    );
  });
  recorder.addTo(fastify);
  // A body may take minutes, and who was let in before it may have been shut out since.
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!request.caller || request.body === undefined) return done();
    authenticate(request, known).then(
      () => done(),
      (error: Error) => done(error),
    );
  });
  const routes: RouteInfo[] = [];
  fastify.addHook('onRoute', ({ method, url, config }) => {
    const { allow } = (config ?? {}) as Partial<RouteAccess>;
    for (const one of [method].flat()) routes.push({ method: one, url, allow });
  });
  return { adapter, routes };
}

/** Who the caller is, whether they may, and whether that often: a request that is turned away counts as well. */
async function admit(
  request: FastifyRequest,
  known: Omit<AdapterParts, 'rateLimit'> & { readonly fence: RateFence },
): Promise<void> {
  const { fence, tokens, accessLog } = known;
  const refusal = await authenticate(request, known).catch((error: Error) => error);
  const { bearer } = request;
  // Of tokens that were issued here, not of those that somebody else vouches for.
  if (bearer && tokens.subjectOf(bearer.id) !== undefined) accessLog.tokenUsed(bearer.id, Date.now());
  // Whatever is wrong, whoever has no valid token is one of those who are turned away at the door.
  if (refusal instanceof HttpProblem && !bearer) await fence.failed(request);
  else await fence.pass(request);
  if (refusal) throw refusal;
}

/** What is no HTTP at all never becomes a request, so it is answered on the socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const { body } = brokenBy(error.code);
  const text = JSON.stringify(body);
  const headers = { connection: 'close', 'content-type': 'application/problem+json', ...EVERY_ANSWER };
  const head = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function brokenBy(code: string | undefined): HttpProblem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('request-timeout', 'The request did not come in time.');
  const tooLarge = code === 'HPE_HEADER_OVERFLOW';
  return problem('malformed-request', tooLarge ? 'The headers are too large.' : 'This is no HTTP request.');
}
