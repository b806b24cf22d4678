import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problemUntil } from '../problems/problem.js';
import type { RouteAccess } from './allow.js';
import { CountStore } from './count-store.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Turned away by the fence, and not the first of its minute: the access log holds the first of them only. */
    isFlood: boolean;
  }
}

const MINUTE_MS = 60_000;

/** Requests with no valid token that an address may send within a minute. */
const FAILURES_PER_MINUTE = 600;

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;
type Counted = Extract<Awaited<ReturnType<Limiter>>, { isAllowed: false }>;

/**
 * How many requests a caller may send within a minute, before a byte of their bodies is read. Who has a token is known
 * by its subject, and all of a subject's tokens count together, so that a new one brings no new allowance; where none is
 * asked for, the address counts, of IPv6 its /64.
 */
export class RateFence {
  private callers: Limiter | undefined;
  private addresses: Limiter | undefined;
  private failures: Limiter | undefined;

  private constructor(private readonly perMinute: number) {}

  /** @param perMinute 0 for no limit */
  static around(fastify: FastifyInstance, perMinute: number): RateFence {
    const fence = new RateFence(perMinute);
    fastify.decorateRequest('isFlood', false);
    void fastify.register(rateLimit, { global: false, store: CountStore }).after(() => fence.build(fastify));
    return fence;
  }

  /** Counts a request that may go on. @throws HttpProblem `too-many-requests` */
  async pass(request: FastifyRequest): Promise<void> {
    if (this.perMinute === 0 || (request.routeOptions.config as Partial<RouteAccess>).isProbe) return;
    const limiter = request.bearer ? this.callers : this.addresses;
    turnAway(request, await limiter?.(request), `You may send ${this.perMinute} requests a minute.`);
  }

  /**
   * Whether others may be asked about a token that is not known here: not for an address that has tried too many. A token
   * that is known is not held up by what else comes from its address.
   */
  async mayFail(request: FastifyRequest): Promise<boolean> {
    const counted = await this.failures?.(request, { increment: false });
    return !counted || !isTooMany(counted);
  }

  /** Counts a request without a valid token. @throws HttpProblem `too-many-requests` */
  async failed(request: FastifyRequest): Promise<void> {
    turnAway(request, await this.failures?.(request), FAILURES);
  }

  private build(fastify: FastifyInstance): void {
    // From the second one too many on, a request counts as banned: that is how the first is told from the others.
    const window = { timeWindow: MINUTE_MS, ban: 1 };
    const limits = { ...window, max: this.perMinute };
    this.addresses = fastify.createRateLimit(limits);
    this.callers = fastify.createRateLimit({ ...limits, keyGenerator: ({ bearer }) => bearer?.subject ?? '' });
    this.failures = fastify.createRateLimit({ ...window, max: FAILURES_PER_MINUTE });
  }
}

const FAILURES = `More than ${FAILURES_PER_MINUTE} requests without a valid token came from your address within a minute.`;

function turnAway(request: FastifyRequest, counted: Awaited<ReturnType<Limiter>> | undefined, why: string): void {
  if (!counted || !isTooMany(counted)) return;
  request.isFlood = counted.isBanned;
  // Nobody was let through, so it is no read.
  request.caller = null;
  throw problemUntil('too-many-requests', why, counted.ttl);
}

const isTooMany = (counted: Awaited<ReturnType<Limiter>>): counted is Counted =>
  !counted.isAllowed && counted.isExceeded;
