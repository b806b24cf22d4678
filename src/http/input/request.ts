import type { FastifyRequest } from 'fastify';
import type { Envelope } from '../../commands/envelope.js';
import type { Channel } from '../../domain/environment/commands.js';
import { callerOf } from '../access/authenticate.js';
import { problem } from '../problems/problem.js';
import { PATTERN_HINTS, PATTERNS, type PatternName } from './patterns.js';
import { invalidRequest } from './read-dto.js';
import { AHEAD_MAX_MS, normaliseTime } from './time.js';

/** A path parameter of a known form. @throws HttpProblem `invalid-request` */
export function pathName(pattern: PatternName, field: string, value: string): string {
  if (PATTERNS[pattern].test(value)) return value;
  throw invalidRequest([{ field, detail: `in the path must be ${PATTERN_HINTS[pattern]}` }]);
}

/** Who sends this command, and how. */
export function envelopeOf(request: FastifyRequest, occurredAt: string | undefined): Envelope {
  const { subject, pipeline } = callerOf(request);
  const key = idempotencyKeyOf(request);
  return {
    actor: subject,
    channel: 'api' satisfies Channel,
    ...(pipeline !== undefined && { pipeline }),
    ...(key !== undefined && { idempotencyKey: key }),
    ...(occurredAt !== undefined && { occurredAt: notAhead('occurredAt', occurredAt) }),
  };
}

export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && PATTERNS.idempotencyKey.test(key)) return key;
  throw invalidRequest([{ field: 'Idempotency-Key', detail: `must be ${PATTERN_HINTS.idempotencyKey}` }]);
}

/** How long a caller would wait, within a bound, and how that is said back. */
export interface Wait {
  readonly waitMs: number;
  readonly applied?: string;
}

/** As {@link askedWaitMs}; of who does not ask, how long they wait for a job, unless they say otherwise. */
export const preferredWaitMs = (
  request: FastifyRequest,
  bounds: { readonly usualMs: number; readonly maxMs: number },
): Wait => askedWaitMs(request, bounds.maxMs) ?? { waitMs: bounds.usualMs };

/**
 * How long the caller would wait for something to be done (`Prefer: wait=10`, RFC 7240), within a bound; undefined when
 * they do not say.
 */
export function askedWaitMs(request: FastifyRequest, maxMs: number): Required<Wait> | undefined {
  const { prefer } = request.headers;
  if (prefer === undefined) return undefined;
  // What is not a whole number of seconds is ignored, and not read up to where it is one.
  const seconds = /(?:^|[,;]\s*)wait\s*=\s*("?)(\d+)\1\s*(?:$|[,;])/i.exec([prefer].flat().join(', '))?.[2];
  if (seconds === undefined) return undefined;
  const waitMs = Math.min(Number(seconds) * 1_000, maxMs);
  return { waitMs, applied: `wait=${waitMs / 1_000}` };
}

/** A time that was checked to be one, as the ledger keeps it. @throws HttpProblem when it is too far ahead */
export function notAhead(field: string, time: string): string {
  const utc = normaliseTime(time);
  if (utc === undefined) throw invalidRequest([{ field, detail: 'must be an RFC 3339 time' }]);
  if (Date.parse(utc) > Date.now() + AHEAD_MAX_MS) {
    throw invalidRequest([{ field, detail: 'is more than five minutes ahead of the server’s clock' }]);
  }
  return utc;
}

/**
 * The revision that an `If-Match` names; undefined for `*`, which any revision matches.
 *
 * @throws HttpProblem `precondition-required` without the header, `precondition-failed` for what no revision can match
 */
export function ifMatchRevision(request: FastifyRequest): number | undefined {
  const given = request.headers['if-match'];
  if (given === undefined) {
    throw problem('precondition-required', 'Send If-Match with the ETag that GET of this address answers.');
  }
  if (given === '*') return undefined;
  const revision = /^"(\d{1,15})"$/.exec(given)?.[1];
  if (revision === undefined)
    throw problem('precondition-failed', 'No policy has this ETag. GET of this address answers it.');
  return Number(revision);
}
