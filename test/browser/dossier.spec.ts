import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { liveALife, type Life } from '../e2e/support/life.js';
import { startTestServer, type TestServer } from '../e2e/support/server.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stdout.write(`No ${CHROMIUM} here: what a browser makes of a dossier is not tested.\n`);

const DOSSIERS = ['start', 'unknown', 'unproven', 'rollback', 'old in dev'] as const;

(hasChromium ? describe : describe.skip)('a dossier in a browser', () => {
  let server: TestServer;
  let life: Life;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    life = await liveALife(server);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  /** The page as the server sends it, asked for by the browser itself. */
  async function opened(name: string, width: number): Promise<{ page: Page; complaints: string[] }> {
    const headers = { authorization: `Bearer ${life.shop.auditor.token}` };
    const context = await browser.newContext({ viewport: { width, height: 900 }, extraHTTPHeaders: headers });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    page.on('request', (request) => {
      if (!request.url().includes('/v1/changes/')) complaints.push(request.url());
    });
    await page.goto(`${server.url}/v1/changes/${life.changes[name]}`);
    return { page, complaints };
  }

  it.each(DOSSIERS)('%s: is accessible, runs and loads nothing, and fits a phone', async (name) => {
    for (const width of [1280, 360]) {
      const { page, complaints } = await opened(name, width);
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(beyond).toBeLessThanOrEqual(0);
      expect(await page.evaluate('document.scripts.length')).toBe(0);
      expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
      await page.context().close();
    }
  });

  it('prints a whole life on two pages', async () => {
    const { page } = await opened('start', 1280);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
    expect(pages.length).toBeLessThanOrEqual(2);
    await page.context().close();
  });
});
