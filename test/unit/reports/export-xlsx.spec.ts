import { describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import { xlsxWriter, type SheetBounds } from '../../../src/reports/exports/xlsx.js';

const FIELDS = ['changeId', 'firstPosition'] as const;
const ROWS = Array.from({ length: 10 }, (_, n) => ({ changeId: `change-${n}`, firstPosition: n }));

/** Names of the sheets, and the values of each with its head, as another reader finds them. */
async function sheetsOf(bounds: SheetBounds, count: number): Promise<[string, unknown[][]][]> {
  const writer = xlsxWriter(FIELDS, bounds);
  const chunks = [...writer.begin()];
  // Not in step with the bound.
  for (let at = 0; at < count; at += 3) chunks.push(...writer.rows(ROWS.slice(at, Math.min(count, at + 3)), undefined));
  chunks.push(...(await writer.end()));
  const workbook = new exceljs.Workbook();
  const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  await workbook.xlsx.load(bytes as unknown as exceljs.Buffer);
  return workbook.worksheets.map((sheet) => {
    const values: unknown[][] = [];
    sheet.eachRow((row) => values.push((row.values as unknown[]).slice(1)));
    return [sheet.name, values];
  });
}

const rowsOf = (from: number, to: number) => [
  [...FIELDS],
  ...ROWS.slice(from, to).map(({ changeId, firstPosition }) => [changeId, firstPosition]),
];

describe('an exported workbook', () => {
  it('goes on in a further sheet, with its own head, where one is full', async () => {
    expect(await sheetsOf({ rows: 5, bytes: Infinity }, 10)).toEqual([
      ['Changes', rowsOf(0, 4)],
      ['Changes 2', rowsOf(4, 8)],
      ['Changes 3', rowsOf(8, 10)],
    ]);
  });

  it('begins no sheet that would have no rows', async () => {
    expect(await sheetsOf({ rows: 5, bytes: Infinity }, 8)).toEqual([
      ['Changes', rowsOf(0, 4)],
      ['Changes 2', rowsOf(4, 8)],
    ]);
    expect(await sheetsOf({ rows: 5, bytes: Infinity }, 0)).toEqual([['Changes', rowsOf(0, 0)]]);
  });

  it('goes on in a further sheet where one has its bytes', async () => {
    const sheets = await sheetsOf({ rows: 1_000, bytes: 1_000 }, 10);
    expect(sheets.length).toBeGreaterThan(1);
    expect(sheets.flatMap(([, [, ...rows]]) => rows)).toEqual(rowsOf(0, 10).slice(1));
  });
});
