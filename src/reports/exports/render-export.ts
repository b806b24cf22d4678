import type { Population } from '../../domain/report/events.js';
import { CHANGE_FIELDS, picked } from '../../views/changes/row.js';
import type { ViewQueries } from '../../views/queries.js';
import { PopulationTally } from '../population/population.js';
import type { Job, JobContext } from '../workshop/job.js';
import { csvWriter } from './csv.js';
import { PDF_FIELDS, type ExportInput, type ExportWriter } from './export.js';
import { FileSink } from './file-sink.js';
import { ndjsonWriter } from './ndjson.js';
import { pdfWriter } from './pdf.js';
import { xlsxWriter } from './xlsx.js';

export interface ExportResult {
  readonly population: Population;
  /** Of the file. */
  readonly bytes: number;
  /** SHA-256 of the file, in hex. */
  readonly digest: string;
}

/** Writes the changes of a filter as a file, a few rows after the other, and tells what proves which they were. */
export const renderExport: Job<ExportInput, ExportResult> = async (input, context) => {
  const { views } = context;
  const { filter, position, order, fields, file } = input;
  const total = await views.changes.count(filter, position);
  context.progress(0, total);
  // The hash is over the oldest first, whatever the order of the file.
  const before = order === 'desc' ? await hashed(views, input) : undefined;
  const tally = new PopulationTally();
  // The file with all rows as they are is what the population's hash is over.
  const isPopulation = input.format === 'ndjson' && !before && !fields;
  const sink = new FileSink(file, { isHashed: !isPopulation });
  try {
    const writer = await writerFor(input, context);
    sink.write(writer.begin());
    let done = 0;
    for await (const rows of views.changes.all(filter, position, order)) {
      const lines = before ? undefined : tally.add(rows);
      if (fields)
        sink.write(
          writer.rows(
            rows.map((row) => picked(row, fields)),
            undefined,
          ),
        );
      else sink.write(writer.rows(rows, lines));
      context.progress((done += rows.length), total);
    }
    sink.write(await writer.end());
    const population = before ?? tally.result();
    const { bytes, digest } = sink.end();
    return { population, bytes, digest: digest ?? population.hash };
  } finally {
    sink.close();
  }
};

async function writerFor(
  { format, fields, facts, position }: ExportInput,
  { views }: JobContext,
): Promise<ExportWriter> {
  switch (format) {
    case 'ndjson':
      return ndjsonWriter();
    case 'csv':
      return csvWriter(fields ?? CHANGE_FIELDS);
    case 'xlsx':
      return xlsxWriter(fields ?? CHANGE_FIELDS);
    case 'pdf': {
      const { rows } = await views.events.page({}, { position, limit: 1, order: 'desc' });
      return pdfWriter(fields ?? PDF_FIELDS, facts, rows[0]?.recordedAt ?? '1970-01-01T00:00:00.000Z');
    }
  }
}

async function hashed(views: ViewQueries, { filter, position }: ExportInput): Promise<Population> {
  const tally = new PopulationTally();
  for await (const rows of views.changes.all(filter, position)) tally.add(rows);
  return tally.result();
}
