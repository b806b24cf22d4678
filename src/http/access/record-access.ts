import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessLog } from '../../access-log/access-log.js';
import type { RouteAccess } from './allow.js';
import { redact } from './redact.js';
import type { TokenDirectory } from './token-directory.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The ledger's position that the answer shows, where it shows one. */
    position: number | null;
  }
}

const PATH_CHARACTERS_MAX = 1_024;
const USER_AGENT_CHARACTERS_MAX = 256;

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const CONTROLS = new RegExp(CONTROL, 'g');

/** Statuses of requests that nobody could understand. */
const MALFORMED = new Set([400, 413, 415]);

/**
 * Puts into the access log who read what, and who was turned away. Accepted and refused writes are in the ledger, and
 * cost nothing here.
 */
export class AccessRecorder {
  constructor(
    private readonly accessLog: AccessLog,
    private readonly tokens: TokenDirectory,
  ) {}

  /** To be called after the hook that finds the caller. */
  addTo(fastify: FastifyInstance): void {
    fastify.decorateRequest('position', null);
    fastify.addHook('onRequest', (request, reply, done) => {
      if (isRead(request)) this.recordWhenSent(request, reply);
      done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      if (!isRead(request) && isTurnedAway(request, reply)) this.record(request, reply, request.ip);
      done();
    });
  }

  /** At the end of the answer, also when the reader leaves before it: a part of it has been read then. */
  recordWhenSent(request: FastifyRequest, reply: FastifyReply): void {
    // A socket that is gone does not know whose it was.
    const { ip } = request;
    reply.raw.once('close', () => {
      if (reply.raw.headersSent) this.record(request, reply, ip);
    });
  }

  private record(request: FastifyRequest, reply: FastifyReply, ip: string | undefined): void {
    const { bearer, method, headers, position } = request;
    const agent = headers['user-agent'];
    this.accessLog.add({
      subject: bearer?.subject ?? null,
      role: bearer?.role ?? null,
      tokenId: bearer?.id ?? null,
      pipeline: bearer?.pipeline ?? null,
      method,
      // A request that the router itself turned away has no route.
      route: request.routeOptions.url ?? null,
      path: shown(redact(request.url, this.tokens), PATH_CHARACTERS_MAX),
      status: reply.statusCode,
      position: position ?? null,
      bytes: bytesOf(method, reply),
      durationMs: Math.round(reply.elapsedTime) || 0,
      userAgent: agent === undefined ? null : shown(redactWords(agent, this.tokens), USER_AGENT_CHARACTERS_MAX),
      remoteAddress: ip ?? null,
    });
  }
}

/** A read that was let through. The caller is unset where the route asks for no token. */
const isRead = ({ caller, method }: FastifyRequest): boolean => !!caller && (method === 'GET' || method === 'HEAD');

/** A 403 of somebody who was let through is a refusal, and in the ledger. */
function isTurnedAway(request: FastifyRequest, { statusCode }: FastifyReply): boolean {
  if (statusCode < 400) return false;
  // 503: whose token it is cannot be told while the issuer's keys cannot be read.
  const isAtTheDoor = !request.caller && (statusCode === 403 || statusCode === 503);
  const isStopped = statusCode === 401 || isAtTheDoor || MALFORMED.has(statusCode);
  return isStopped && (request.routeOptions.config as Partial<RouteAccess>).allow !== 'no-token';
}

/** A HEAD is told the length that a GET would have. */
function bytesOf(method: string, reply: FastifyReply): number | null {
  const length = Number(reply.getHeader('content-length') ?? (reply.statusCode === 304 ? 0 : NaN));
  if (method === 'HEAD') return 0;
  return Number.isSafeInteger(length) ? length : null;
}

const redactWords = (text: string, tokens: TokenDirectory): string =>
  text
    .split(' ')
    .map((word) => redact(word, tokens))
    .join(' ');

/** What a terminal may take for a command (C0, DEL, C1) is not kept, and what is too long is cut off. */
function shown(text: string, max: number): string {
  const plain = CONTROL.test(text) ? text.replaceAll(CONTROLS, '\ufffd') : text;
  return plain.length > max ? `${plain.slice(0, max - 1)}…` : plain;
}
