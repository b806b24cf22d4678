import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser } from 'playwright-core';
import { PEOPLE, startSignIn, type SignInScene } from '../e2e/support/sign-in.js';

const CHROMIUM = '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stdout.write(`No ${CHROMIUM} here: how a browser signs in is not tested.\n`);

const BOARD = '/v1/reports/advisory-board?environment=production';

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

(hasChromium ? describe : describe.skip)('a browser that signs in', () => {
  let browser: Browser;
  let scene: SignInScene;
  let origin: string;
  beforeAll(async () => {
    const port = await freePort();
    // The issuer is at 127.0.0.1, which to a browser is another site than localhost.
    origin = `http://localhost:${port}`;
    scene = await startSignIn(origin, { CAIRN_PORT: String(port), CAIRN_HOST: 'localhost' });
    scene.issuer.asks = true;
    await scene.server.admin.post('/v1/environments', { name: 'production', tier: 'production' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  });
  afterAll(async () => {
    await browser.close();
    await scene.stop();
  });

  /** What a script on the page gets for a call. */
  const call = (path: string, init: object) =>
    `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then(({ status }) => status, () => 'no answer')`;
  const planted = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'planted', tier: 'test' }),
  };

  it('comes back to the report, writes from our pages only, and leaves', async () => {
    scene.issuer.person = PEOPLE.admin;
    // Our answers let no script run in them. What one could do is what this is about.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const denied = await page.goto(`${origin}${BOARD}`);
    expect([denied?.status(), await denied?.text()]).toEqual([
      401,
      expect.stringContaining('Sign in at /v1/sign-in?to='),
    ]);

    await page.goto(`${origin}/v1/sign-in?to=${encodeURIComponent(BOARD)}`);
    expect(new URL(page.url()).origin).toBe(scene.issuer.url);
    await page.click('text=Continue');
    expect(page.url()).toBe(`${origin}${BOARD}`);
    expect(await page.locator('h1').first().textContent()).toContain('advisory board');
    expect(await page.evaluate('document.cookie')).toBe('');

    const other = await context.newPage();
    await other.goto(`${scene.issuer.url}/authorize?x`);
    const crossSite = {
      ...planted,
      credentials: 'include',
      mode: 'no-cors',
      headers: { 'content-type': 'text/plain' },
    };
    await other.evaluate(call(`${origin}/v1/environments`, crossSite));
    await other.setContent(`<form method="post" action="${origin}/v1/sign-out"><button>Out</button></form>`);
    await other.click('text=Out');
    expect((await scene.server.admin.get('/v1/environments/planted')).status).toBe(404);

    await page.goto(`${origin}/v1/me`);
    expect(JSON.parse((await page.textContent('body')) ?? '')).toMatchObject({ role: 'admin', via: 'oidc' });
    expect(await page.evaluate(call('/v1/environments', planted))).toBe(201);
    expect(await page.evaluate(call('/v1/sign-out', { method: 'POST' }))).toBe(200);
    expect((await page.goto(`${origin}/v1/me`))?.status()).toBe(401);
    await context.close();
  });
});
