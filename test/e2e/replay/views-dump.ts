import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openReadDatabase } from '../../../src/views/database.js';
import { knownDatabaseOf } from '../../support/database-of.js';
import { dump } from '../../unit/views/ledger.js';

/** Every table of the views with its number of rows and a hash of them, whatever order they lie in. */
export async function dumpViews(folder: string): Promise<Record<string, { rows: number; hash: string }>> {
  const source = await openReadDatabase(
    knownDatabaseOf(folder)['CAIRN_DATABASE'] ?? `sqlite:${join(folder, 'views.db')}`,
  );
  const tables = await dump(source);
  await source.destroy();
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      { rows: rows.length, hash: createHash('sha256').update(rows.join('\n')).digest('hex') },
    ]),
  );
}
