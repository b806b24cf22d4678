import { windowOfQuery } from '../mapping/population.js';
import { defined } from '../mapping/defined.js';
import { fileNameOf, type ExportRecord, type Progress } from './record.js';

/** What is answered about an export. */
export function describeExport(record: ExportRecord, progress: Progress | undefined): object {
  const { id, status, actor, requestedAt, what, format, query, position, result, event, error } = record;
  const isDone = status === 'done';
  const total = result?.population.count ?? progress?.total;
  const rows = result?.population.count ?? progress?.done ?? 0;
  const self = `/v1/exports/${id}`;
  return defined({
    ...{ id, status, what, format, query, window: windowOfQuery(query), asOf: position },
    ...{ requestedBy: actor, requestedAt, error },
    progress: defined({ rows, total }),
    manifest: isDone ? manifestOf(record) : undefined,
    event: isDone ? event : undefined,
    links: { self, ...(isDone && { content: `${self}/content`, manifest: `${self}/manifest` }) },
  });
}

/** Everything that tells whether a file in hand is this one, and makes it again. */
function manifestOf(record: ExportRecord): object {
  const { what, format, query, position, result } = record;
  const rows = record.what === 'changes' ? { fields: record.fields ?? 'all', order: record.order } : {};
  return defined({
    ...{ file: fileNameOf(record), what, format, query, window: windowOfQuery(query), asOf: position },
    ...{ ...rows, rows: result?.population.count, population: result?.population },
    ...{ bytes: result?.bytes, sha256: result?.digest },
  });
}

/** A line that `sha256sum --check` reads. */
export const manifestText = (record: ExportRecord): string => `${record.result?.digest ?? ''}  ${fileNameOf(record)}\n`;

/** The same for people, above what is printed. */
export function factsOf({ query, position }: ExportRecord): (readonly [string, string])[] {
  const asked = Object.entries(query).map(([name, values]) => [name, values.join(', ')] as const);
  return [...asked, ['Ledger position', String(position)]];
}
