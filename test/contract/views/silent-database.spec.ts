import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isDatabaseAway } from '../../../src/views/database/away.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { PROJECTORS } from '../../../src/views/projectors.js';
import { checkpointsOf } from '../../../src/views/runner.js';
import { describeOnPostgres, freshDatabase, type FreshDatabase } from '../../support/postgres.js';

describeOnPostgres('a PostgreSQL that goes silent', () => {
  let fresh: FreshDatabase;
  let proxy: Server;
  let url: string;
  let isSilent = false;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    fresh = await freshDatabase();
    const address = new URL(fresh.url);
    proxy = createServer((client) => {
      const server = connect(Number(address.port), address.hostname);
      client.on('data', (bytes) => isSilent || server.write(bytes));
      server.on('data', (bytes) => isSilent || client.write(bytes));
      for (const socket of [client, server]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => [client, server].forEach((one) => one.destroy()));
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const through = new URL(fresh.url);
    through.hostname = '127.0.0.1';
    through.port = String((proxy.address() as AddressInfo).port);
    url = through.toString();
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
    await fresh.drop();
  });

  it.each([
    ['a check', (database: WriteDatabase) => database.check()],
    ['a look at the checkpoints', (database: WriteDatabase) => checkpointsOf(database, PROJECTORS)],
  ])('is noticed by %s, and the views can be held again once it is back', async (_, ask) => {
    const database = await WriteDatabase.open(url);
    expect(await database.hold()).toBe(true);
    isSilent = true;
    const since = Date.now();
    const error = await ask(database).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(isDatabaseAway(error)).toBe(true);
    expect(Date.now() - since).toBeLessThan(15_000);
    isSilent = false;
    expect(await database.hold()).toBe(true);
    await database.close();
  });
});
