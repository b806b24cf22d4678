import { Zip, ZipDeflate } from 'fflate';
import type { ChangeField, ChangeRow } from '../../views/changes/row.js';
import { cellText } from '../xlsx/cells.js';
import type { Chunk, ExportWriter } from './export.js';
import { HEAD_STYLE, SHEET_END, sheetPart, sheetStart, TEXT_STYLE, TIME_STYLE, workbookParts } from './xlsx-parts.js';

export interface SheetBounds {
  /** Rows of a sheet with its head: Excel takes no more. */
  readonly rows: number;
  /** Bytes of a sheet before it is compressed: a zip file without extensions counts to 4 GiB. */
  readonly bytes: number;
}

const BOUNDS: SheetBounds = { rows: 1_048_576, bytes: 2 * 1024 ** 3 };

/** A zip file has local times without a zone: this one is the same everywhere. */
const TIME = new Date(1980, 0, 1);

/** A workbook with the rows in as many sheets as they take, each cell a number, a time or a text, and none a formula. */
export function xlsxWriter(fields: readonly ChangeField[], bounds: SheetBounds = BOUNDS): ExportWriter {
  const workbook = new Workbook(fields, bounds);
  return {
    begin: () => workbook.begin(),
    rows: (rows) => {
      for (const row of rows) workbook.add(row);
      return workbook.taken();
    },
    end: () => workbook.end(),
  };
}

class Workbook {
  readonly #zip: Zip;
  #taken: Chunk[] = [];
  #sheet: ZipDeflate | undefined;
  #sheets = 0;
  #rows = 0;
  #bytes = 0;
  /** Rows that are compressed together. */
  #text = '';

  constructor(
    private readonly fields: readonly ChangeField[],
    private readonly bounds: SheetBounds,
  ) {
    this.#zip = new Zip((error, bytes) => {
      if (error) throw error;
      this.#taken.push(bytes);
    });
  }

  begin(): readonly Chunk[] {
    this.#nextSheet();
    return this.taken();
  }

  add(row: Partial<ChangeRow>): void {
    if (this.#rows >= this.bounds.rows || this.#bytes >= this.bounds.bytes) this.#nextSheet();
    this.#rows += 1;
    let cells = '';
    this.fields.forEach((field, column) => (cells += cellOf(row[field], `${columnName(column)}${this.#rows}`, field)));
    this.#write(`<row r="${this.#rows}">${cells}</row>`);
  }

  /** What has become of the rows so far. */
  taken(): readonly Chunk[] {
    this.#flush();
    const taken = this.#taken;
    this.#taken = [];
    return taken;
  }

  end(): readonly Chunk[] {
    this.#endSheet();
    const names = Array.from({ length: this.#sheets }, (_, index) =>
      index === 0 ? 'Changes' : `Changes ${index + 1}`,
    );
    for (const [name, text] of Object.entries(workbookParts(names))) this.#part(name).push(Buffer.from(text), true);
    this.#zip.end();
    return this.taken();
  }

  #nextSheet(): void {
    this.#endSheet();
    this.#sheets += 1;
    this.#rows = 1;
    this.#bytes = 0;
    this.#sheet = this.#part(sheetPart(this.#sheets));
    const heads = this.fields.map((field, column) => textCell(field, `${columnName(column)}1`, HEAD_STYLE));
    this.#write(`${sheetStart(this.fields.length)}<row r="1">${heads.join('')}</row>`);
  }

  #endSheet(): void {
    this.#flush();
    this.#sheet?.push(Buffer.from(SHEET_END), true);
    this.#sheet = undefined;
  }

  #part(name: string): ZipDeflate {
    const part = new ZipDeflate(name, { level: 6 });
    part.mtime = TIME;
    this.#zip.add(part);
    return part;
  }

  #write(text: string): void {
    this.#text += text;
    this.#bytes += text.length;
  }

  #flush(): void {
    if (this.#text === '' || !this.#sheet) return;
    this.#sheet.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

const RFC_3339_UTC = /^(?:19[1-9]|[2-9]\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Days from Excel's beginning of time to that of Unix. */
const EPOCH_DAYS = 25_569;

function cellOf(value: string | number | undefined, place: string, field: ChangeField): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
  if (field.endsWith('At') && RFC_3339_UTC.test(value)) {
    return `<c r="${place}" s="${TIME_STYLE}"><v>${Date.parse(value) / DAY_MS + EPOCH_DAYS}</v></c>`;
  }
  return textCell(value, place, TEXT_STYLE);
}

/** Text within the sheet itself, which nothing takes for a formula. */
const textCell = (text: string, place: string, style: number): string =>
  `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(shown(text))}</t></is></c>`;

const PLAIN = /^[ -^`-~]*$/;
const shown = (text: string): string => (PLAIN.test(text) && text.length < 1_000 ? text : cellText(text));

const escapeXml = (text: string): string =>
  /[&<>]/.test(text) ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : text;

/** `A`, `B`, … `AA`: no row has more fields than two letters name. */
function columnName(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : String.fromCharCode(64 + Math.floor(index / 26)) + last;
}
