/** Every format that a report comes in, with how HTTP and file systems name it. The first is the default. */
export const FORMATS = {
  html: 'text/html',
  json: 'application/json',
  csv: 'text/csv',
  md: 'text/markdown',
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** What a file of the format ends in, too. */
export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as Format[];

/** Formats that are text, which HTTP says to be UTF-8. */
export const isText = (format: Format): boolean => format !== 'pdf' && format !== 'xlsx';
