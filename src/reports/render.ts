import { renderCsv } from './csv/render-csv.js';
import type { ReportDocument } from './document/document.js';
import type { Format } from './formats.js';
import { renderHtml } from './html/render-html.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { renderPdf } from './pdf/render-pdf.js';
import { renderXlsx } from './xlsx/render-xlsx.js';

/** The same document gives the same bytes. */
type Renderer = (document: ReportDocument) => string | Uint8Array | Promise<Uint8Array>;

const RENDERERS: Readonly<Record<Format, Renderer>> = {
  html: renderHtml,
  json: (document) => `${JSON.stringify(document)}\n`,
  csv: renderCsv,
  md: renderMarkdown,
  pdf: (document) => renderPdf(document),
  xlsx: renderXlsx,
};

export async function render(document: ReportDocument, format: Format): Promise<Uint8Array> {
  const file = await RENDERERS[format](document);
  return typeof file === 'string' ? new TextEncoder().encode(file) : file;
}
