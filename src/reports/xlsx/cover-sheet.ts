import type { Workbook } from 'exceljs';
import { addressText } from '../document/address.js';
import type { ReportDocument } from '../document/document.js';
import type { Grid } from '../tabular/tabulate.js';
import { cellText } from './cells.js';
import { heightOf } from './measures.js';
import { HEAD_FONT, LINK_FONT, TITLE_FONT } from './styles.js';

const VALUE_WIDTH = 90;

/** The front page: what the report is and was made from, and where everything is. */
export function addCoverSheet(workbook: Workbook, document: ReportDocument, contents: readonly Content[]): void {
  const sheet = workbook.addWorksheet('Cover', {
    views: [{ showGridLines: false }],
    pageSetup: { paperSize: 9, orientation: 'portrait', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  sheet.columns = [{ width: 34 }, { width: VALUE_WIDTH }];
  const line = (name: string, value: string) => {
    const row = sheet.addRow([cellText(name), cellText(value)]);
    row.alignment = { vertical: 'top', wrapText: true };
    row.getCell(1).font = HEAD_FONT;
    row.height = heightOf([{ value, type: 'text', width: VALUE_WIDTH }]);
    return row;
  };
  const title = sheet.addRow([cellText(document.title)]);
  title.font = TITLE_FONT;
  title.height = 30;
  sheet.addRow([]);
  document.cover.forEach(({ name, value }) => line(name, value));
  line('Address', addressText(document.address));
  sheet.addRow([]);
  line('Sheet', 'Holds').font = HEAD_FONT;
  for (const { sheetName, grid } of contents) {
    const cell = line(sheetName, grid.title).getCell(1);
    // The names of sheets hold letters, digits and spaces only.
    cell.value = { text: sheetName, hyperlink: `#'${sheetName}'!A1` };
    cell.font = LINK_FONT;
  }
}

export interface Content {
  readonly sheetName: string;
  readonly grid: Grid;
}
