import type { LedgerClient } from './client.js';

export interface Latencies {
  readonly count: number;
  readonly failures: number;
  readonly p50: number;
  readonly p99: number;
}

const PAUSE_MS = 10;
const PATHS = ['/v1/environments/quiet/known-good', '/v1/changes?environment=quiet&limit=50'];

/** Reads again and again, one at a time, until it is stopped, and says how long the answers took (ms). */
export function watchReads(client: LedgerClient): { stop(): Promise<Latencies> } {
  const taken: number[] = [];
  let failures = 0;
  let isStopped = false;
  const loop = async () => {
    for (let turn = 0; !isStopped; turn++) {
      const startedAt = performance.now();
      const { status } = await client.request('GET', PATHS[turn % PATHS.length] ?? '');
      taken.push(performance.now() - startedAt);
      if (status !== 200) failures += 1;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const running = loop();
  return {
    stop: async () => {
      isStopped = true;
      await running;
      taken.sort((a, b) => a - b);
      const at = (part: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * part))] ?? 0;
      return { count: taken.length, failures, p50: at(0.5), p99: at(0.99) };
    },
  };
}
