import { stringify } from 'csv-stringify/sync';
import type { ChangeField, ChangeRow } from '../../views/changes/row.js';
import { unformulaic } from '../csv/unformulaic.js';
import { visible } from '../document/visible.js';
import type { ExportWriter } from './export.js';

const OPTIONS = { record_delimiter: 'windows', escape_formulas: true } as const;

/** Text in which no character is hidden and none begins a formula. */
const PLAIN = /^[A-Za-z0-9][ -:<-~]*$/;

/** RFC 4180 with a header and the byte order mark that Excel wants before it believes in UTF-8. */
export function csvWriter(fields: readonly ChangeField[]): ExportWriter {
  return {
    begin: () => [stringify([fields], { ...OPTIONS, bom: true })],
    rows: (rows) => [
      stringify(
        rows.map((row) => fields.map((field) => cellOf(row[field]))),
        OPTIONS,
      ),
    ],
    end: () => [],
  };
}

function cellOf(value: ChangeRow[ChangeField] | undefined): string | number {
  if (typeof value !== 'string') return value ?? '';
  return PLAIN.test(value) ? value : unformulaic(visible(value, Infinity));
}
