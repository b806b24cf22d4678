import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { renderChart } from '../../src/reports/charts/render-chart.js';
import type { ReportDocument } from '../../src/reports/document/document.js';
import { renderHtml } from '../../src/reports/html/render-html.js';
import { hostileDocument } from '../unit/reports/hostile-document.js';
import { sampleDocument } from '../unit/reports/sample-document.js';
import { CROWDED_CHARTS } from './crowded-charts.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stdout.write(`No ${CHROMIUM} here: what a browser makes of a report is not tested.\n`);

const DOCUMENTS: readonly (readonly [string, ReportDocument])[] = [
  ['the sample', sampleDocument],
  ['hostile texts', hostileDocument],
];

(hasChromium ? describe : describe.skip)('a report in a browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  });

  afterAll(() => browser.close());

  /** The page at a width, and all that went wrong in it: errors, dialogs, requests. */
  async function open(html: string, width: number): Promise<{ page: Page; trouble: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => trouble.push(`request: ${request.url()}`));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.setContent(html, { waitUntil: 'load' });
    return { page, trouble };
  }

  it.each(DOCUMENTS)('breaks no rule of accessibility with %s', async (_, document) => {
    const { page, trouble } = await open(renderHtml(document), 1_280);
    await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
    // Tables that hostile people named alike cannot be told apart by their names.
    expect(
      found.filter((violation) => document === sampleDocument || !violation.startsWith('landmark-unique')),
    ).toEqual([]);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it.each(DOCUMENTS)('fits a phone with %s', async (_, document) => {
    const { page, trouble } = await open(renderHtml(document), 360);
    await page.evaluate('document.querySelectorAll("details").forEach((details) => { details.open = true; })');
    expect(await page.evaluate<number>('document.scrollingElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it('prints the numbers of its charts', async () => {
    const { page } = await open(renderHtml(sampleDocument), 800);
    await page.emulateMedia({ media: 'print' });
    // The browser lays the unfolded tables out in its own time.
    await page.waitForFunction(
      '[...document.querySelectorAll("details table")].every((table) => table.checkVisibility())',
    );
    const heights = await page.evaluate<number[]>(
      '[...document.querySelectorAll("details table")].map((table) => table.getBoundingClientRect().height)',
    );
    expect(heights.filter((height) => height < 100)).toEqual([]);
    await page.context().close();
  });

  it('has no text in a chart that is cut off or meets another', async () => {
    const drawings = CROWDED_CHARTS.map((chart) => `<div style="width:400px">${renderChart(chart)}</div>`);
    const { page } = await open(
      `<!DOCTYPE html><meta charset="utf-8"><style>${WIDE_FONT}</style>${drawings.join('')}`,
      1_000,
    );
    expect(await page.evaluate<string[]>(FIND_COLLISIONS)).toEqual([]);
    await page.context().close();
  });
});

/** As wide as a reader's font may be. */
const WIDE_FONT = 'svg text { font-family: "DejaVu Sans", sans-serif !important; }';

/** Runs in the page. A slanting text is only held against the edges: its box is larger than itself. */
const FIND_COLLISIONS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const edge = svg.getBoundingClientRect();
  const name = svg.querySelector('title').textContent;
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '');
  const isCut = (box) => box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1 || box.bottom > edge.bottom + 1;
  const straight = texts.filter((text) => !/matrix/.test(text.getAttribute('transform') ?? ''));
  const boxes = straight.map((text) => [text, text.getBoundingClientRect()]);
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return [
    ...texts.filter((text) => isCut(text.getBoundingClientRect())).map((text) => name + ': cut: ' + text.textContent),
    ...boxes.flatMap(([one, a], index) =>
      boxes.slice(index + 1).filter(([, b]) => meet(a, b)).map(([other]) => name + ': meet: ' + one.textContent + ' / ' + other.textContent)),
  ];
})`;
