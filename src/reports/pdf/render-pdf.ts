import type { ReportDocument } from '../document/document.js';
import { visible } from '../document/visible.js';
import { printCover } from './blocks/cover.js';
import { printSection, startSection } from './blocks/section.js';
import { stampPages } from './furniture.js';
import { Paper } from './layout/paper.js';
import { ReportPdf } from './report-pdf.js';

export interface PdfOptions {
  /** Off where a test reads the bytes. */
  readonly compress?: boolean;
}

/** The whole report on A4: a front page with contents, bookmarks, and a structure that a screen reader can follow. */
export async function renderPdf(document: ReportDocument, { compress = true }: PdfOptions = {}): Promise<Uint8Array> {
  const doc = new ReportPdf(document, compress);
  const bytes = collect(doc);
  const root = doc.struct('Document');
  doc.addStructure(root);
  const paper = new Paper(doc);
  paper.nextPage();
  const writeContents = printCover(paper, root, document);
  paper.endPage();
  const pages = document.sections.map((section, index) => {
    startSection(paper, section);
    const page = paper.pageIndex;
    doc.addNamedDestination(`${index}-${section.id}`, 'XYZ', 0, paper.y - 12, 0);
    doc.outline.addItem(visible(section.title, 200));
    const element = paper.child(root, 'Sect');
    printSection(paper, element, section);
    element.end();
    return page;
  });
  writeContents(pages);
  stampPages(paper, document);
  doc.end();
  return bytes;
}

function collect(doc: PDFKit.PDFDocument): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    doc.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))));
    doc.on('error', reject);
  });
}
