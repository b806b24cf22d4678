import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, rmSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client.js';
import { CliError } from '../errors.js';

const ATTEMPTS_MAX = 8;
const PAUSE_MS = 500;

export interface Wanted {
  /** Path under `/v1`. */
  readonly path: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/**
 * Fetches a file to `to`, going on where an earlier attempt, also one of an earlier run, was broken off.
 *
 * @throws CliError when the server stays away, or the bytes are not those that the ledger tells of; the system's error
 * when they cannot be written
 */
export async function download(
  client: ApiClient,
  wanted: Wanted,
  to: string,
  onBytes: (have: number) => void,
): Promise<void> {
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (attempt > 0) await sleep(PAUSE_MS * attempt);
    try {
      await fetchRest(client, wanted, to, onBytes);
      if (sizeOf(to) >= wanted.bytes) break;
    } catch (error) {
      if (!(error instanceof CliError) || error.reason !== 'unavailable') throw error;
      failure = error;
    }
  }
  if (sizeOf(to) < wanted.bytes) {
    const hint = 'Run the same command again to go on from there.';
    throw new CliError('unavailable', `The download of ${wanted.path} was broken off.`, hint, { cause: failure });
  }
  const sha256 = await sha256Of(to);
  if (sha256 === wanted.sha256) return;
  // Nothing can be gone on with.
  rmSync(to);
  throw new CliError(
    'failed',
    `${to} has the SHA-256 ${sha256}, and the ledger tells of ${wanted.sha256}.`,
    'Run it again.',
  );
}

async function fetchRest(
  client: ApiClient,
  { path, bytes, sha256 }: Wanted,
  to: string,
  onBytes: (have: number) => void,
) {
  const from = sizeOf(to);
  if (from >= bytes) return;
  const range = { range: `bytes=${from}-`, 'if-range': `"${sha256}"` };
  const response = await client.open(path, from > 0 ? range : {});
  const isRest = response.status === 206;
  // Whatever was there is of another file when all of it comes.
  const file = createWriteStream(to, { flags: isRest ? 'a' : 'w', mode: 0o600 });
  let have = isRest ? from : 0;
  await pipeline(
    received(response, (count) => onBytes((have += count))),
    file,
  );
}

/** The body as it comes. That it breaks off is the network's doing, and all else the disk's, which no retry mends. */
async function* received({ body }: Response, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (done) return;
      onBytes(value.length);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function brokenOff(cause: unknown): never {
  throw new CliError('unavailable', 'The download was broken off.', undefined, { cause });
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
