import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';
import type { Progress } from '../progress.js';
import { grouped } from '../progress.js';

const POLL_MS = 400;

export interface ExportAnswer {
  readonly id: string;
  readonly status: 'waiting' | 'running' | 'done' | 'failed';
  readonly error?: string;
  readonly asOf: number;
  readonly progress: { readonly rows: number; readonly total?: number };
  readonly manifest?: Manifest;
  readonly event?: { readonly eventId: string; readonly position: number };
}

export interface Manifest {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly population: { readonly count: number; readonly hash: string };
}

export type DoneExport = ExportAnswer & { readonly manifest: Manifest };

/** Starts an export and waits until it is done. @throws CliError when it has failed */
export async function makeExport(client: ApiClient, body: object, progress: Progress): Promise<DoneExport> {
  const headers = { prefer: 'wait=2' };
  let answer = await client.expectJson<ExportAnswer>({ method: 'POST', path: '/exports', body, headers });
  while (answer.status === 'waiting' || answer.status === 'running') {
    const { rows, total } = answer.progress;
    progress.update(rows, total ?? 0, answer.status === 'waiting' ? 'waiting' : `${grouped(rows)} rows`);
    await sleep(POLL_MS);
    answer = await client.expectJson<ExportAnswer>({ method: 'GET', path: `/exports/${answer.id}` });
  }
  const { manifest } = answer;
  if (!manifest) throw new CliError('unavailable', answer.error ?? `Export ${answer.id} has failed.`);
  return { ...answer, manifest };
}
