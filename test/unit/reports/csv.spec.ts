import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderCsv } from '../../../src/reports/csv/render-csv.js';
import { addressText } from '../../../src/reports/document/address.js';
import { visible } from '../../../src/reports/document/visible.js';
import { tabulate } from '../../../src/reports/tabular/tabulate.js';
import { inOtherPlace, textTable } from './files.js';
import { hostileDocument } from './hostile-document.js';
import { sampleDocument } from './sample-document.js';

/** RFC 4180, section 2, and nothing more lenient. */
function parse(csv: string): string[][] {
  expect(csv.startsWith('\uFEFF')).toBe(true);
  const rows: string[][] = [];
  let row: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  for (field.lastIndex = 1; field.lastIndex < csv.length;) {
    const match = field.exec(csv);
    if (!match) throw new Error(`not RFC 4180: ${csv.slice(row.length, 80)}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** What a spreadsheet may take for a formula, however it separates fields. */
const FORMULA = /^\s*[=+\-@\u2212＝＋－＠﹦﹢﹣﹫]/u;
const isNumber = (text: string) => /^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(text);

describe('a report as CSV', () => {
  const rows = parse(renderCsv(sampleDocument));

  it('begins with the address and the front page', () => {
    expect(rows[0]).toEqual([sampleDocument.title, addressText(sampleDocument.address)]);
    expect(rows.slice(1, 8)).toEqual(sampleDocument.cover.map(({ name, value }) => [name, value]));
  });

  it('holds every table under its title, with numbers, times and digests as they are in the document', () => {
    for (const { title, columns, rows: cells } of tabulate(sampleDocument)) {
      const start = rows.findIndex((row) => row.length === 1 && row[0] === title);
      expect(rows[start - 1]).toEqual(['']);
      expect(rows[start + 1]).toEqual(columns.map((column) => column.title));
      const raw = cells.map((row) => row.map((cell) => (typeof cell === 'object' ? (cell?.value ?? '') : cell)));
      const written = rows.slice(start + 2, start + 2 + cells.length);
      const expected = raw.map((row) => row.map((cell) => (typeof cell === 'string' ? visible(cell) : String(cell))));
      expect(written.map((row) => row.map((text) => text.replace(/^'(?=-)/, '')))).toEqual(expected);
    }
  });

  it('says how many rows are not shown, and where they are', () => {
    expect(renderCsv(sampleDocument)).toContain('\r\n29 more rows are not shown: /v1/reports/');
  });

  it('has nothing that a spreadsheet would calculate', () => {
    const texts = parse(renderCsv(hostileDocument)).flat();
    expect(texts.length).toBeGreaterThan(400);
    // Where the list separator is a semicolon or a tab, a spreadsheet splits fields there.
    const fields = texts.flatMap((text) => [text, ...text.split(/[;\t]/)]);
    expect(fields.filter((text) => FORMULA.test(text) && !isNumber(text))).toEqual([]);
  });

  it.each(['=1', ' =1', '\t=1', '\r\n@x', '＝1', '\u00A0＋1', '\u3000－1', '﹦1', '\u22121', '-1', 'a;=1', '+1;x; -2'])(
    'takes the formula out of %j',
    (text) => {
      const value = parse(renderCsv(textTable([text]))).at(-1)?.[0] ?? '';
      for (const field of [value, ...value.split(';')]) expect(field).not.toMatch(FORMULA);
      expect(value.replaceAll("'", '')).toBe(visible(text, Infinity));
    },
  );

  it('gives back any text, made visible', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const written = parse(renderCsv(textTable(texts))).slice(-texts.length);
        written.forEach(([value = ''], index) => {
          expect(value).not.toMatch(FORMULA);
          expect(value.replace(/(^|;)'/g, '$1')).toBe(visible(texts[index]!, Infinity).replace(/(^|;)'/g, '$1'));
        });
      }),
    );
  });

  it('is the same in every process, time zone and locale', async () => {
    expect(renderCsv(sampleDocument)).toBe(renderCsv(sampleDocument));
    const here = Buffer.from(renderCsv(sampleDocument));
    expect(await inOtherPlace('csv/render-csv.js', 'renderCsv')).toEqual(here);
  });
});
