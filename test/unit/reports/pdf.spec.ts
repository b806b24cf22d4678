import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ReportDocument } from '../../../src/reports/document/document.js';
import { addressText } from '../../../src/reports/document/address.js';
import { renderPdf } from '../../../src/reports/pdf/render-pdf.js';
import { inOtherPlace, textTable } from './files.js';
import { hostileDocument } from './hostile-document.js';
import { sampleDocument } from './sample-document.js';

const PDFTOTEXT = '/usr/bin/pdftotext';
// Where poppler is not installed, what needs an independent reader is reported as skipped.
const withReader = existsSync(PDFTOTEXT) ? it : it.skip;

/** What poppler reads: an independent reader of the finished file. */
function read(pdf: Uint8Array, ...args: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-pdf-'));
  try {
    writeFileSync(join(folder, 'report.pdf'), pdf);
    return execFileSync(PDFTOTEXT, [...args, join(folder, 'report.pdf'), '-'], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
const latin1 = (pdf: Uint8Array) => Buffer.from(pdf).toString('latin1');
const pagesOf = (pdf: Uint8Array) => latin1(pdf).match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;

/** Words with where they are, each within its page. */
function expectWithinPages(pdf: Uint8Array): number {
  let page = { width: 0, height: 0 };
  let count = 0;
  for (const line of read(pdf, '-bbox').split('\n')) {
    const [, width, height] = /<page width="([\d.]+)" height="([\d.]+)"/.exec(line) ?? [];
    if (width !== undefined) page = { width: Number(width), height: Number(height) };
    const box = /<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"/.exec(line);
    if (!box) continue;
    const [xMin, yMin, xMax, yMax] = box.slice(1).map(Number) as [number, number, number, number];
    count++;
    if (xMin < 30 || yMin < 20 || xMax > page.width - 30 || yMax > page.height - 20)
      throw new Error(`outside: ${line}`);
  }
  return count;
}

describe('a report as PDF', () => {
  it('says in plain bytes what it was made from', async () => {
    const pdf = latin1(await renderPdf(sampleDocument));
    expect(pdf).toContain(`(${addressText(sampleDocument.address)})`);
    expect(pdf).toContain(addressText(sampleDocument.address).replaceAll('&', '&amp;'));
    expect(pdf).toContain('/Lang (en)');
    expect(pdf).toContain('/Marked true');
    expect(pdf).toContain('(D:20260301000000Z)');
  });

  it('has a bookmark for each section, and tables with heads for a screen reader', async () => {
    const pdf = latin1(await renderPdf(sampleDocument, { compress: false }));
    for (const { title } of sampleDocument.sections) expect(pdf).toContain(`/Title (${title})`);
    expect(pdf).toContain('/S /TH');
    expect(pdf).toContain('/Scope /Column');
    expect(pdf).toContain('/S /Figure');
  });

  withReader('can be read again: every text of the cover, tables and metrics', async () => {
    const text = words(read(await renderPdf(sampleDocument), '-raw')).join('');
    const has = (expected: string) => expect(text).toContain(words(expected).join(''));
    sampleDocument.cover.forEach(({ value }) => has(value));
    for (const { title, blocks } of sampleDocument.sections) {
      has(title);
      for (const block of blocks) {
        if (block.kind === 'tiles') block.tiles.forEach((tile) => has(tile.display));
        if (block.kind === 'table') has(block.table.caption);
        if (block.kind !== 'metrics') continue;
        block.metrics.forEach(({ definition, counted }) => [definition, `${counted.count} counted`].forEach(has));
      }
    }
  });

  withReader('gives whole digests to who copies them', async () => {
    const digest = `sha256:${'0c5a6ff4a8f0'.repeat(6).slice(0, 64)}`;
    expect(read(await renderPdf(digestTable(digest)))).toContain(digest);
  });

  withReader('names what its font lacks, and orders Hebrew and Arabic', async () => {
    const text = read(await renderPdf(textTable(['變更 🎉', 'שחרור (דחוף) 12', 'تمت الترقية'])));
    expect(text).toContain('⟨U+8B8A⟩⟨U+66F4⟩ ⟨U+1F389⟩');
    for (const word of ['שחרור', 'דחוף', '12', 'تمت', 'الترقية']) expect(text).toContain(word);
  });

  withReader('stays within its pages', async () => {
    expect(expectWithinPages(await renderPdf(sampleDocument))).toBeGreaterThan(500);
    expect(expectWithinPages(await renderPdf(hostileDocument))).toBeGreaterThan(500);
  });

  withReader('repeats a long table’s head, numbers its pages and loses no row', async () => {
    const pdf = await renderPdf(textTable(Array.from({ length: 300 }, (_, index) => `row-${index}-end`)));
    const text = read(pdf, '-layout');
    const pages = pagesOf(pdf);
    expect(pages).toBeGreaterThan(5);
    expect(text.match(/^ *Text$/gm)).toHaveLength(pages - 1);
    expect(text).toContain(`page ${pages} of ${pages}`);
    for (let index = 0; index < 300; index++) expect(text).toContain(`row-${index}-end`);
  });

  it('prints a table of many columns across', async () => {
    const columns = Array.from({ length: 11 }, (_, index) => ({ title: `Column ${index}`, type: 'text' as const }));
    const table = { id: 'wide', caption: 'Wide', columns, rows: [columns.map(({ title }) => title)] };
    const sections = [{ id: 'wide', title: 'Wide', blocks: [{ kind: 'table' as const, table }] }];
    const pdf = await renderPdf({ ...sampleDocument, sections });
    expect(latin1(pdf)).toContain('/MediaBox [0 0 841.89 595.28]');
    expect(pagesOf(pdf)).toBe(2);
  });

  it('has nothing to run and nowhere to go, whatever its texts are', async () => {
    const pdf = latin1(await renderPdf(hostileDocument, { compress: false }));
    expect(pagesOf(Buffer.from(pdf, 'latin1'))).toBeLessThan(100);
    expect(pdf).not.toMatch(/\/(JS|JavaScript|Launch|URI|GoToR|SubmitForm|EmbeddedFile|OpenAction|AA|RichMedia)\b/);
  });

  it('is the same in every process, time zone and locale', async () => {
    const here = Buffer.from(await renderPdf(sampleDocument));
    expect(Buffer.from(await renderPdf(sampleDocument)).equals(here)).toBe(true);
    expect((await inOtherPlace('pdf/render-pdf.js', 'renderPdf')).equals(here)).toBe(true);
  });
});

function digestTable(digest: string): ReportDocument {
  const columns = [{ title: 'Digest', type: 'digest' as const }];
  const table = { id: 'digests', caption: 'Digests', columns, rows: [[digest]] };
  return { ...sampleDocument, sections: [{ id: 'digests', title: 'Digests', blocks: [{ kind: 'table', table }] }] };
}
