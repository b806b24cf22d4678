import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { personSubject } from '../../../src/http/access/sign-in/person-callers.js';
import { makeIssuerKey } from '../../support/issuer.js';
import { PEOPLE, startSignIn, type SignInScene } from '../support/sign-in.js';
import { cairn, hasControlCharacters, startCairn, type Ended } from './cairn.js';

const ADDRESS = /^ {2}(http:\S+\/authorize\?\S+)$/m;

describe('cairn sign-in', () => {
  let scene: SignInScene;
  beforeAll(async () => {
    scene = await startSignIn();
  });
  afterAll(() => scene.stop());
  beforeEach(() => {
    scene.issuer.person = PEOPLE.auditor;
    scene.issuer.secret = undefined;
    scene.issuer.refusal = undefined;
    scene.issuer.spoiled = {};
  });

  const begin = () => startCairn(['sign-in'], { CAIRN_URL: scene.server.url });
  /** Visits the address that it prints, as a browser does that follows redirects. */
  const signIn = async (): Promise<Ended & { page: string }> => {
    const running = begin();
    const [, address = ''] = await running.until(ADDRESS);
    const page = await (await fetch(address)).text();
    return { ...(await running.ended), page };
  };

  it('prints the token of who signs in, alone on stdout', async () => {
    const { code, stdout, stderr, page } = await signIn();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)]);
    expect(page).toContain('Go back to the terminal');
    expect(stderr).toMatch(/Signed in as person-[\w-]{22} \(auditor\), until \d{4}-\S+Z\./);
    expect(stderr).not.toContain(stdout.trim());
    expect(hasControlCharacters(stderr)).toBe(false);
    const me = await scene.server.api(stdout.trim()).get('/v1/me');
    expect(me.body).toMatchObject({ subject: personSubject(scene.issuer.url, 'cid'), role: 'auditor' });
    const settings = { CAIRN_URL: scene.server.url, CAIRN_TOKEN: stdout.trim() };
    const denied = await cairn(['token', 'list'], settings);
    expect([denied.code, denied.stderr]).toEqual([EXIT_CODES.denied, expect.stringContaining('role auditor')]);
  });

  it('says that the issuer does not let them in', async () => {
    scene.issuer.refusal = 'access_denied';
    const { code, stdout, stderr } = await signIn();
    expect([code, stdout]).toEqual([EXIT_CODES.denied, '']);
    expect(stderr).toContain('answered access_denied');
  });

  it('gives no token to who has no role here', async () => {
    scene.issuer.person = PEOPLE.nobody;
    const { code, stdout, stderr } = await signIn();
    expect([code, stdout]).toEqual([EXIT_CODES.denied, '']);
    expect(stderr).toMatch(/You are person-[\w-]{22} here, .* gives a role\.[^]*CAIRN_SIGN_IN_ROLES/);
  });

  it('says that the issuer wants a secret', async () => {
    scene.issuer.secret = 'hush';
    const { code, stderr } = await signIn();
    expect([code, stderr]).toEqual([EXIT_CODES.denied, expect.stringMatching(/invalid_client[^]*public client/)]);
  });

  it('takes no token that another key signed', async () => {
    scene.issuer.spoiled = { key: await makeIssuerKey('ES256', scene.issuer.key.kid) };
    const { code, stdout } = await signIn();
    expect([code, stdout]).toEqual([EXIT_CODES.failed, '']);
  });

  it('ends with Ctrl-C', async () => {
    const running = begin();
    await running.until(ADDRESS);
    running.process.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect([code, stdout]).toEqual([EXIT_CODES.interrupted, '']);
  });

  it('says that nobody signs in there, or that there is no server', async () => {
    const plain = await cairn(['sign-in'], { CAIRN_URL: scene.issuer.url });
    expect(plain.code).toBe(EXIT_CODES.failed);
    const none = await cairn(['sign-in'], { CAIRN_URL: 'http://127.0.0.1:9' });
    expect(none.code).toBe(EXIT_CODES.unavailable);
    expect((await cairn(['sign-in', '--url', 'ftp://x'])).code).toBe(EXIT_CODES.config);
  });

  it('says that the issuer is away', async () => {
    await scene.issuer.goAway();
    const { code, stderr } = await cairn(['sign-in'], { CAIRN_URL: scene.server.url });
    await scene.issuer.comeBack();
    expect([code, stderr]).toEqual([EXIT_CODES.unavailable, expect.stringContaining('ECONNREFUSED')]);
  });
});
