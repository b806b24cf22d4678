import { render } from 'preact-render-to-string';
import type { ReportDocument } from '../document/document.js';
import { Page } from './page.js';

/** The report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
export function renderHtml(document: ReportDocument): string {
  return `<!DOCTYPE html>\n${render(<Page report={document} />)}\n`;
}
