import type { DataSource } from 'typeorm';
import type { WriteDatabase } from './database.js';
import type { Projector } from './projector.js';

/**
 * Indexes that only queries use. A rebuild drops them and builds them at its end, which takes half of the time that
 * keeping them up takes. Unique ones stay: projectors find rows by them.
 */
export async function dropIndexes(database: WriteDatabase, projectors: readonly Projector[]): Promise<void> {
  for (const { name } of queryIndexes(database.source, projectors))
    await database.run(`DROP INDEX IF EXISTS "${name}"`);
}

/** Builds those that are not there: a rebuild may have been stopped before its end. */
export async function buildIndexes(database: WriteDatabase, projectors: readonly Projector[]): Promise<void> {
  for (const { name, table, columns, where } of queryIndexes(database.source, projectors)) {
    await database.run(`CREATE INDEX IF NOT EXISTS "${name}" ON "${table}" (${columns.join(', ')})${where}`);
  }
}

function queryIndexes(source: DataSource, projectors: readonly Projector[]) {
  return projectors
    .flatMap(({ entities }) => entities)
    .map((entity) => source.getMetadata(entity))
    .flatMap((metadata) =>
      metadata.indices
        .filter((index) => !index.isUnique)
        .map((index) => ({
          name: index.name,
          table: metadata.tableName,
          columns: index.columns.map((column) => `"${column.databaseName}"`),
          where: index.where === undefined ? '' : ` WHERE ${index.where}`,
        })),
    );
}
