import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { setTimeout as delay } from 'node:timers/promises';

/** What can go wrong with the next call of a kind. */
export const FAULTS = [
  'dropped-connections',
  'not-leader',
  'deadline-exceeded',
  'deadline-exceeded-but-written',
  'lost-answer',
  'slow-reads',
  'duplicate-delivery',
  'restart',
] as const;
export type Fault = (typeof FAULTS)[number];

/** Faults that wait for the call that they happen to. */
export class Faults {
  private readonly waiting: Fault[] = [];
  private slowUntil = 0;
  /** Every call is turned away, as for a user without rights. */
  isDenying = false;
  /** `$all` is not read, as for a user who has rights to other streams only. */
  isDenyingAll = false;
  /** Calls that are turned away next, as by a proxy whose server is away. */
  badGateways = 0;
  /** Every call is turned away by a follower that knows this leader. */
  leader: { host: string; port: number } | undefined;
  happened = 0;

  add(fault: Fault): void {
    if (fault === 'slow-reads') {
      this.slowUntil = Date.now() + 150;
      this.happened += 1;
    } else this.waiting.push(fault);
  }

  /** Whether this fault waits. It happens once. */
  take(fault: Fault): boolean {
    const index = this.waiting.indexOf(fault);
    if (index < 0) return false;
    this.waiting.splice(index, 1);
    this.happened += 1;
    return true;
  }

  takeDuplicates(): boolean {
    return this.take('duplicate-delivery');
  }

  async slowDown(): Promise<void> {
    if (Date.now() < this.slowUntil) await delay(5);
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting.length = 0;
  }
}

export function deadlineExceeded(): ServiceError {
  return serviceError(status.DEADLINE_EXCEEDED, 'Deadline exceeded');
}

export function accessDenied(): ServiceError {
  return serviceError(status.UNAUTHENTICATED, 'Access Denied', { exception: 'access-denied' });
}

export function badGateway(): ServiceError {
  return serviceError(status.UNAVAILABLE, 'Received HTTP status code 502');
}

export function notLeader({ host, port }: { host: string; port: number }): ServiceError {
  return serviceError(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
}

function serviceError(code: status, details: string, entries: Record<string, string> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}
