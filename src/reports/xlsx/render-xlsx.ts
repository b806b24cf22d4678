import exceljs from 'exceljs';
import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import { visible } from '../document/visible.js';
import { tabulate } from '../tabular/tabulate.js';
import { addCoverSheet } from './cover-sheet.js';
import { addGridSheet } from './grid-sheet.js';
import { rezip } from './rezip.js';
import { sheetNames } from './sheet-names.js';

/** The whole report as a workbook: the front page, and a sheet for each table. */
export async function renderXlsx(document: ReportDocument): Promise<Uint8Array> {
  const workbook = new exceljs.Workbook();
  describe(workbook, document);
  const grids = tabulate(document);
  const [, ...names] = sheetNames(['cover', ...grids.map(({ id }) => id)]);
  const contents = grids.map((grid, index) => ({ grid, sheetName: names[index]! }));
  addCoverSheet(workbook, document, contents);
  contents.forEach(({ grid, sheetName }) => addGridSheet(workbook, sheetName, grid));
  return rezip(new Uint8Array(await workbook.xlsx.writeBuffer()));
}

function describe(workbook: exceljs.Workbook, { title, address }: ReportDocument): void {
  // The report knows nothing of when it is rendered; the end of its period is the one time that it has.
  const time = new Date(address.to);
  Object.assign(workbook, { creator: 'Cairn', lastModifiedBy: 'Cairn', created: time, modified: time });
  Object.assign(workbook, { title: visible(title), keywords: addressText(address) });
}
