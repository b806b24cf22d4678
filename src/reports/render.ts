import type { ReportDocument } from './document/document.js';
import type { Format } from './formats.js';

/** The same document gives the same bytes. */
type Renderer = (document: ReportDocument) => string | Promise<string | Uint8Array>;

/** Each is loaded when it is first asked for: what draws and prints takes longer to load than most reports to make. */
const RENDERERS: Readonly<Record<Format, Renderer>> = {
  html: async (document) => (await import('./html/render-html.js')).renderHtml(document),
  json: (document) => `${JSON.stringify(document)}\n`,
  csv: async (document) => (await import('./csv/render-csv.js')).renderCsv(document),
  md: async (document) => (await import('./markdown/render-markdown.js')).renderMarkdown(document),
  pdf: async (document) => (await import('./pdf/render-pdf.js')).renderPdf(document),
  xlsx: async (document) => (await import('./xlsx/render-xlsx.js')).renderXlsx(document),
};

export async function render(document: ReportDocument, format: Format): Promise<Uint8Array> {
  const file = await RENDERERS[format](document);
  return typeof file === 'string' ? new TextEncoder().encode(file) : file;
}
