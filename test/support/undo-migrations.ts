import { expect } from '@jest/globals';
import type { DataSource } from 'typeorm';

/** Undoes every migration, which leaves nothing, and does them again, which gives what was there before. */
export async function expectMigrationsUndone(source: DataSource, schema: () => Promise<unknown>): Promise<void> {
  const before = await schema();
  for (let undone = 0; undone < source.migrations.length; undone++) await source.undoLastMigration();
  expect(await schema()).toEqual([]);
  await source.runMigrations();
  expect(await schema()).toEqual(before);
}
