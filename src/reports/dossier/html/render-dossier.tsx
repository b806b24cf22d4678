import { render } from 'preact-render-to-string';
import type { Dossier } from '../dossier.js';
import { Page } from './page.js';

/** The dossier as one HTML page that needs nothing else: no script, no font, no picture. */
export function renderDossier(dossier: Dossier): string {
  return `<!DOCTYPE html>\n${render(<Page dossier={dossier} />)}\n`;
}
