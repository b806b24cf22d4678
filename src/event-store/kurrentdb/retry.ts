const FIRST_MS = 25;

/** How long to wait before the next attempt: doubling from a moment up to a bound, spread so that servers do not meet. */
export function backoffMs(failures: number, mostMs: number): number {
  const most = Math.min(mostMs, FIRST_MS * 2 ** Math.min(failures, 20));
  return most / 2 + (Math.random() * most) / 2;
}

/** Waits. What is under way ends before the process does. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
