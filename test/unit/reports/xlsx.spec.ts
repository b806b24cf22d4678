import { describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { addressText } from '../../../src/reports/document/address.js';
import type { ReportDocument } from '../../../src/reports/document/document.js';
import { visible } from '../../../src/reports/document/visible.js';
import { tabulate, type GridCell } from '../../../src/reports/tabular/tabulate.js';
import { renderXlsx } from '../../../src/reports/xlsx/render-xlsx.js';
import { sheetNames } from '../../../src/reports/xlsx/sheet-names.js';
import { inOtherPlace, textTable } from './files.js';
import { hostileDocument } from './hostile-document.js';
import { sampleDocument } from './sample-document.js';

async function reopened(document: ReportDocument): Promise<exceljs.Workbook> {
  const workbook = new exceljs.Workbook();
  await workbook.xlsx.load((await renderXlsx(document)).buffer as ArrayBuffer);
  return workbook;
}

/** What the workbook gives back for a cell of the document. */
function expected(cell: GridCell, type: string): unknown {
  if (cell === null || typeof cell === 'number') return cell;
  if (typeof cell === 'object') return cell.value;
  return type === 'time' && /Z$/.test(cell) ? new Date(cell) : visible(visible(cell, Infinity), 32_727);
}

function expectGrids(workbook: exceljs.Workbook, document: ReportDocument): void {
  const [cover, ...sheets] = workbook.worksheets;
  expect(cover?.name).toBe('Cover');
  const grids = tabulate(document);
  expect(sheets).toHaveLength(grids.length);
  grids.forEach(({ columns, rows }, index) => {
    rows.forEach((row, r) =>
      row.forEach((cell, c) => {
        expect(sheets[index]!.getCell(r + 2, c + 1).value).toEqual(expected(cell, columns[c]!.type));
      }),
    );
  });
}

describe('a report as a workbook', () => {
  it('holds every cell of the document as what it is', async () => {
    expectGrids(await reopened(sampleDocument), sampleDocument);
  });

  it('shows ratios in percent, with both numbers beside', async () => {
    const sheet = (await reopened(sampleDocument)).getWorksheet('Metrics figures')!;
    const heads = sheet.getRow(1).values as string[];
    const column = (title: string) => heads.indexOf(title);
    const row = sheet.getRows(2, 5)!.find((row) => row.getCell(column('Id')).value === 'change-fail-rate')!;
    expect(row.getCell(column('Value'))).toMatchObject({ value: 3 / 41, numFmt: '0.0%' });
    expect(row.getCell(column('Numerator')).value).toBe(3);
    expect(row.getCell(column('Denominator')).value).toBe(41);
  });

  it('has frozen heads and a filter over all rows', async () => {
    const sheet = (await reopened(sampleDocument)).getWorksheet('Completed changes')!;
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(sheet.autoFilter).toBe('A1:J13');
    expect(sheet.getCell('A1').font.bold).toBe(true);
  });

  it('says its address on the front page and in its properties', async () => {
    const workbook = await reopened(sampleDocument);
    const address = addressText(sampleDocument.address);
    expect(workbook.keywords).toBe(address);
    expect(workbook.worksheets[0]!.getColumn(2).values).toContain(address);
  });

  it('keeps every text of a hostile document, and none as a formula or a link', async () => {
    const workbook = await reopened(hostileDocument);
    expectGrids(workbook, hostileDocument);
    const parts = unzipSync(await renderXlsx(hostileDocument));
    const all = Object.entries(parts).map(([path, bytes]) => ({ path, xml: strFromU8(bytes) }));
    expect(all.filter(({ path }) => /vba|external|embed|macro/i.test(path))).toEqual([]);
    for (const { xml } of all) expect(xml).not.toMatch(/<f[ >]|<dde|[^\t\n\r\x20-\uFFFD]/);
    const links = all.flatMap(({ xml }) => xml.match(/Type="[^"]*\/hyperlink" Target="[^"]*"/g) ?? []);
    expect(links.length).toBe(workbook.worksheets.length - 1);
    for (const link of links) expect(link).toMatch(/Target="#&apos;[\w ]+&apos;!A1"/);
  });

  it('gives back any text as text, made visible', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 30 }), async (texts) => {
        const document = textTable([...texts, '_x0041_', ' =1+1 ', '\uFFFE']);
        expectGrids(await reopened(document), document);
      }),
      { numRuns: 25 },
    );
  });

  it('cuts what a cell cannot hold, and says so', async () => {
    const sheet = (await reopened(textTable(['x'.repeat(40_000), '\u0001'.repeat(20_000)]))).getWorksheet('Texts')!;
    for (const row of [2, 3]) {
      const text = sheet.getCell(row, 1).value as string;
      expect(text.length).toBeLessThanOrEqual(32_767);
      expect(text).toMatch(/… \(\+\d+ characters\)$/);
    }
  });

  it('names its sheets as Excel can', () => {
    const names = sheetNames(['a', 'A', 'History', '', "it's [a]/b:c?", ...Array<string>(12).fill('x'.repeat(40))]);
    expect(names.slice(0, 5)).toEqual(['A', 'A 2', 'History 2', 'Sheet', 'It s a b c']);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w ]{1,31}$/);
  });

  it('is the same in every process, time zone and locale', async () => {
    const here = Buffer.from(await renderXlsx(sampleDocument));
    expect(Buffer.from(await renderXlsx(sampleDocument)).equals(here)).toBe(true);
    expect((await inOtherPlace('xlsx/render-xlsx.js', 'renderXlsx')).equals(here)).toBe(true);
  });
});
