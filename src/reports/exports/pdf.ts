import PDFDocument from 'pdfkit';
import type { ChangeField, ChangeRow } from '../../views/changes/row.js';
import type { Column } from '../document/document.js';
import { visible } from '../document/visible.js';
import { printTable } from '../pdf/blocks/table.js';
import { registerFonts } from '../pdf/layout/fonts.js';
import { MARGIN, Paper } from '../pdf/layout/paper.js';
import { BODY, SECTION, SMALL } from '../pdf/layout/styles.js';
import type { Chunk, ExportInput, ExportWriter } from './export.js';

/**
 * The rows as a table to read and to print, with what was asked above them. `at` is when the ledger was at the
 * position: the one time that the file has, so that the same export has the same bytes.
 */
export function pdfWriter(fields: readonly ChangeField[], facts: ExportInput['facts'], at: string): ExportWriter {
  const kept: Partial<ChangeRow>[] = [];
  return {
    begin: () => [],
    rows: (rows) => {
      kept.push(...rows);
      return [];
    },
    end: () => print(fields, kept, { facts, at }),
  };
}

async function print(
  fields: readonly ChangeField[],
  rows: readonly Partial<ChangeRow>[],
  { facts, at }: { readonly facts: ExportInput['facts']; readonly at: string },
): Promise<readonly Chunk[]> {
  const time = new Date(at);
  const info = { Title: 'Changes', Producer: 'Cairn', Creator: 'Cairn', CreationDate: time, ModDate: time };
  const doc = new PDFDocument({
    ...{ size: 'A4', margin: 0, layout: 'landscape', bufferPages: true, autoFirstPage: false },
    ...{ pdfVersion: '1.7', tagged: true, lang: 'en', displayTitle: true, info },
  });
  registerFonts(doc);
  const chunks: Uint8Array[] = [];
  const ended = new Promise<readonly Chunk[]>((resolve, reject) => {
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    doc.on('end', () => resolve(chunks));
    doc.on('error', reject);
  });
  const root = doc.struct('Document');
  doc.addStructure(root);
  const paper = new Paper(doc);
  paper.nextPage('landscape');
  paper.paragraph(root, 'H1', 'Changes', SECTION);
  for (const [name, value] of facts) paper.paragraph(root, 'P', visible(`${name}: ${value}`), BODY);
  paper.space(10);
  const cells = rows.map((row) => fields.map((field) => row[field] ?? null));
  const columns = fields.map((field) => ({ title: field, type: typeOf(field) }));
  printTable(paper, root, { id: 'changes', caption: `${rows.length} changes`, columns, rows: cells });
  stampPages(paper);
  root.end();
  doc.end();
  return ended;
}

function typeOf(field: ChangeField): Column['type'] {
  if (field === 'digest' || field === 'replaced') return 'digest';
  if (field === 'firstPosition' || field === 'lastPosition') return 'number';
  return field.endsWith('At') ? 'time' : 'text';
}

function stampPages(paper: Paper): void {
  const { count } = paper.doc.bufferedPageRange();
  for (let index = 0; index < count; index++) {
    paper.doc.switchToPage(index);
    const { width, height } = paper.doc.page;
    const [line] = paper.type.wrap(`page ${index + 1} of ${count}`, SMALL, width);
    const box = { x: MARGIN, y: height - MARGIN, width: width - 2 * MARGIN, align: 'right' } as const;
    if (line) paper.decorate(() => paper.type.draw(line, SMALL, box), 'Pagination');
  }
}
