import type { FastifyRateLimitStore } from '@fastify/rate-limit';
import { LRUCache } from 'lru-cache';

/** Those that were seen last; others are forgotten, and begin anew. */
const KEPT_MAX = 5_000;

interface Window {
  readonly count: number;
  readonly startedMs: number;
}

type Told = Parameters<FastifyRateLimitStore['incr']>[1];

/**
 * Counts of a window, each told as it was at that very request. The store that comes with the limiter tells all of those
 * that come at once their last count: of a burst beyond the bound nobody is let through then, and nobody is the first.
 */
export class CountStore implements FastifyRateLimitStore {
  private readonly windows = new LRUCache<string, Window>({ max: KEPT_MAX });

  incr(key: string, told: Told, windowMs: number): void {
    const nowMs = Date.now();
    const open = this.openAt(key, nowMs, windowMs);
    const window = open ? { ...open, count: open.count + 1 } : { count: 1, startedMs: nowMs };
    this.windows.set(key, window);
    told(null, { current: window.count, ttl: window.startedMs + windowMs - nowMs });
  }

  read(key: string, told: Told, windowMs: number): void {
    const nowMs = Date.now();
    const open = this.openAt(key, nowMs, windowMs);
    told(null, open ? { current: open.count, ttl: open.startedMs + windowMs - nowMs } : { current: 0, ttl: 0 });
  }

  /** Each limiter counts for itself. */
  child(): CountStore {
    return new CountStore();
  }

  private openAt(key: string, nowMs: number, windowMs: number): Window | undefined {
    const window = this.windows.get(key);
    return window && nowMs < window.startedMs + windowMs ? window : undefined;
  }
}
