import type { Instance } from '../domain/environment/state.js';

/**
 * What decisions ask of the whole past of an environment, which is too long to keep in a state. A view answers it, and
 * a view can lag; whoever gets "no" for an answer waits for the head and asks again, so that no refusal is false.
 */
export interface KnownGoodHistory {
  /** Since when the digest has been known-good there; undefined when it never was, or that was withdrawn. */
  standing(
    environment: string,
    digest: string,
  ): Promise<{ readonly sinceRecordedAt: string; readonly sinceOccurredAt: string } | undefined>;
  /** The instance, if the digest was ever live under that service and was not withdrawn. */
  wasLive(environment: string, service: string, digest: string): Promise<Instance | undefined>;
  /** The last position that its answers take into account. */
  position(): number;
  /** Waits until everything up to the position is in. False when that takes too long. */
  waitFor(position: number, timeoutMs: number): Promise<boolean>;
}
