import { freshDatabase, type FreshDatabase } from './postgres.js';

/** With `CAIRN_TEST_DATABASE=postgres` the servers of the end-to-end tests keep their views in PostgreSQL. */
const isOnPostgres = process.env['CAIRN_TEST_DATABASE'] === 'postgres';

const databases = new Map<string, FreshDatabase>();

/** The setting by which servers on this data folder find their views: the same at every start. */
export async function databaseOf(folder: string): Promise<Record<string, string>> {
  if (isOnPostgres && !databases.has(folder)) databases.set(folder, await freshDatabase());
  return knownDatabaseOf(folder);
}

/** The same of a folder that had a server before; without one, the views are in the folder. */
export function knownDatabaseOf(folder: string | undefined): Record<string, string> {
  const database = databases.get(folder ?? '');
  return database ? { CAIRN_DATABASE: database.url } : {};
}

export async function removeDatabaseOf(folder: string): Promise<void> {
  await databases.get(folder)?.drop();
  databases.delete(folder);
}
