import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, Call } from '../api-client.js';
import { CliError } from '../errors.js';
import type { Progress } from '../progress.js';
import { grouped } from '../progress.js';

const POLL_MS = 400;
const PAUSE_MS = 1_000;
/** Time for a server to be started anew. */
const PATIENCE_MS = 60_000;
/** Shorter: at first it may well be that there is no server at all. */
const START_PATIENCE_MS = 3_000;

export interface ExportAnswer {
  readonly id: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly error?: string;
  readonly asOf: number;
  readonly progress: { readonly rows: number; readonly total?: number };
  readonly manifest?: Manifest;
  readonly event?: { readonly eventId: string; readonly position: number };
}

export interface ExportRequest {
  readonly path: '/exports' | '/evidence';
  readonly body: object;
}

export interface Manifest {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly population: { readonly count: number; readonly hash: string; readonly root?: string };
}

export type DoneExport = ExportAnswer & { readonly manifest: Manifest };

/**
 * Starts an export and waits until it is done, also while the server is started anew.
 *
 * @throws CliError when it has failed, or the server stays away
 */
export async function makeExport(
  client: ApiClient,
  { path, body }: ExportRequest,
  progress: Progress,
): Promise<DoneExport> {
  // Under one key, what is sent again because its answer was lost is the same export.
  const headers = { prefer: 'wait=2', 'idempotency-key': randomUUID() };
  const ask = (call: Call, patienceMs: number) =>
    patiently(
      () => client.expectJson<ExportAnswer>(call),
      patienceMs,
      () => progress.update(0, 0, 'waiting for the server'),
    );
  let answer = await ask({ method: 'POST', path, body, headers }, START_PATIENCE_MS);
  while (answer.status === 'waiting' || answer.status === 'running') {
    const { rows, total } = answer.progress;
    progress.update(rows, total ?? 0, answer.status === 'waiting' ? 'waiting' : `${grouped(rows)} rows`);
    await sleep(POLL_MS);
    answer = await ask({ method: 'GET', path: `/exports/${answer.id}` }, PATIENCE_MS);
  }
  const { manifest } = answer;
  if (!manifest) throw new CliError('unavailable', answer.error ?? `Export ${answer.id} has failed.`);
  return { ...answer, manifest };
}

/** Tries again for a while when the server is away; what it answers itself stands. */
async function patiently<T>(call: () => Promise<T>, patienceMs: number, onAway: () => void): Promise<T> {
  let giveUpAt: number | undefined;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      giveUpAt ??= Date.now() + patienceMs;
      const isAway = error instanceof CliError && error.reason === 'unavailable';
      if (!isAway || Date.now() >= giveUpAt) throw error;
    }
    onAway();
    await sleep(PAUSE_MS);
  }
}
