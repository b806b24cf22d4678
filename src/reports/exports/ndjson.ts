import type { ExportWriter } from './export.js';

/** A row a line in canonical form (RFC 8785): exactly what the hash of a population is over. */
export const ndjsonWriter = (): ExportWriter => ({
  begin: () => [],
  rows: (rows, lines) => [lines ?? rows.map((row) => `${JSON.stringify(row)}\n`).join('')],
  end: () => [],
});
