import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import type { AccessLog } from '../access-log/access-log.js';
import type { RouteAccess, RouteInfo } from './access/allow.js';
import { authenticate } from './access/authenticate.js';
import { AccessRecorder } from './access/record-access.js';
import type { OidcCallers } from './access/oidc/oidc-callers.js';
import type { SignIn } from './access/sign-in/sign-in.js';
import type { OthersTokens } from './access/others-tokens.js';
import type { TokenDirectory } from './access/token-directory.js';
import { parseJsonBytes } from './input/json.js';
import { BODY_BYTES_MAX, IMPORT_BYTES_MAX } from './limits.js';
import { problem } from './problems/problem.js';
import { sendProblem } from './problems/problem.filter.js';
import { toProblem, type Log } from './problems/to-problem.js';

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
}

/**
 * Fastify with our own reading of bodies and tokens in its hooks. They run before Nest’s pipeline and cost next to
 * nothing, and a token is checked before a byte of the body is taken.
 */
export function createAdapter(parts: AdapterParts): { adapter: FastifyAdapter; routes: RouteInfo[] } {
  const { tokens, accessLog, log } = parts;
  const recorder = new AccessRecorder(accessLog, tokens);
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PARAM_CHARACTERS_MAX },
    // The router's own refusals pass no hook.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      recorder.recordWhenSent(request, reply);
      sendProblem(reply, toProblem(error, log));
    },
    clientErrorHandler: answerBrokenRequest,
  });
  const fastify = adapter.getInstance();
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
  fastify.decorateRequest('caller', null).decorateRequest('bearer', null).decorateRequest('credential', null);
  fastify.addHook('onRequest', (request, _reply, done) => {
    authenticate(request, parts).then(
      () => done(),
      (error: Error) => done(error),
    );
  });
  recorder.addTo(fastify);
  const routes: RouteInfo[] = [];
  fastify.addHook('onRoute', ({ method, url, config }) => {
    const { allow } = (config ?? {}) as Partial<RouteAccess>;
    for (const one of [method].flat()) routes.push({ method: one, url, allow });
  });
  return { adapter, routes };
}

/** What is no HTTP at all never becomes a request, so it is answered on the socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const { body } = problem('malformed-request', tooLarge ? 'The headers are too large.' : 'This is no HTTP request.');
  const text = JSON.stringify(body);
  const head = ['HTTP/1.1 400 Bad Request', 'Connection: close', 'Content-Type: application/problem+json'];
  socket.end(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}
