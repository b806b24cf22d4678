import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { commandsOf, unpack } from '../support/evidence.js';
import { eventAt, HOSTILE, logOf, packaged } from '../unit/reports/evidence/log.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stdout.write(`No ${CHROMIUM} here: what a browser makes of a package is not tested.\n`);

(hasChromium ? describe : describe.skip)('the page of a package in a browser', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    const events = Array.from({ length: 40 }, (_, position) => eventAt(position, { actor: HOSTILE }));
    const { bytes } = await packaged(logOf(events, { isRotated: true }), { positions: [...events.keys()] });
    folder = unpack(bytes);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it.each([1280, 360])('is without faults for assistive tools, and fits, at %d pixels', async (width) => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('dialog', (dialog) => complaints.push(dialog.message()));
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const shown = (await page.locator('pre').allTextContents()) as readonly string[];
    expect(shown).toEqual(commandsOf(folder));
    await context.close();
  });
});
