import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openEventStore } from '../../../src/adapters.js';
import { Workshop, WorkshopBusyError, type RunOptions } from '../../../src/reports/workshop/workshop.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { temporaryFolder } from '../views/ledger.js';

describe('the workshop', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let workshop: Workshop;
  beforeEach(async () => {
    folder = temporaryFolder();
    const eventStore = `sqlite:${join(folder.path, 'ledger.db')}`;
    const database = `sqlite:${join(folder.path, 'views.db')}`;
    await (await openEventStore(eventStore)).close();
    await (await WriteDatabase.open(database)).close();
    workshop = new Workshop({ eventStore, database, folder: folder.path });
  });
  afterEach(async () => {
    await workshop.close();
    folder.remove();
  });

  const count = (options?: RunOptions) => workshop.run('countPopulation', { filter: {}, position: 0 }, options);

  it('does one job after the other, and what is quick before what is not', async () => {
    const done: string[] = [];
    const asked = { filter: {}, position: 0, format: 'ndjson', order: 'asc', facts: [] } as const;
    const input = { ...asked, file: join(folder.path, 'changes.ndjson') };
    const file = () => workshop.run('renderExport', input).then(() => done.push('file'));
    const quick = () => count().then(() => done.push('count'));
    await Promise.all([file(), file(), quick()]);
    expect(done).toEqual(['file', 'count', 'file']);
  });

  it('does not begin what nobody waits for any more', async () => {
    const left = new AbortController();
    const first = count();
    const second = count({ signal: left.signal });
    left.abort();
    await expect(second).rejects.toThrow(WorkshopBusyError);
    expect(await first).toBe(0);
  });

  it('takes no more than it has room for, and nothing once it is closed', async () => {
    const jobs = Array.from({ length: 40 }, () => count());
    const results = await Promise.allSettled(jobs);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(8);
    await workshop.close();
    await expect(count()).rejects.toThrow('stopping');
  });

  it('goes on after a job that failed', async () => {
    await expect(workshop.run('drawSample', null as never)).rejects.toThrow();
    expect(await count()).toBe(0);
  });
});
