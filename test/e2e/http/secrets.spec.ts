import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { generateSigningKey } from '../../../src/ledger/note/keys.js';
import { cairn, startCairn, stop, temporaryFolder, type Running } from '../cli/cairn.js';
import { bakeOf, digestOf, promotionOf } from '../support/fixtures.js';

/** Of a form of its own each, so that what is found tells which one got out. */
const secretOf = (name: string): string => `${name}-${randomBytes(24).toString('hex')}`;

const ADMIN_TOKEN = secretOf('chosen-by-the-admin');
const UNKNOWN_TOKEN = secretOf('never-issued');
const PASSWORD = secretOf('a-password');
const SIGNING_KEY = generateSigningKey('example.org/secrets');

interface Seen {
  readonly what: string;
  readonly text: string;
}

describe('a secret', () => {
  const folder = temporaryFolder();
  const secrets = new Map<string, string>([
    ['the admin’s token', ADMIN_TOKEN],
    ['a token that was never issued', UNKNOWN_TOKEN],
    ['the signing key', SIGNING_KEY],
    ['the seed of the signing key', SIGNING_KEY.split('+').slice(4).join('+')],
  ]);
  /** Answers and what else is outside, and may hold none of them. */
  const seen: Seen[] = [];
  let running: Running;
  let url: string;

  const call = async (
    method: string,
    path: string,
    options: { token?: string; body?: string; headers?: object } = {},
  ) => {
    const { token = ADMIN_TOKEN, body, headers = {} } = options;
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, text: await answer.text(), headers: [...answer.headers].join('\n') };
  };
  const note = async (method: string, path: string, options: Parameters<typeof call>[2] = {}) => {
    const { status, text, headers } = await call(method, path, options);
    seen.push({ what: `${method} ${path.slice(0, 40)}: ${status}`, text: `${headers}\n${text}` });
    return { status, text };
  };
  const post = (path: string, body: object, options: object = {}) =>
    call('POST', path, { body: JSON.stringify(body), ...options });
  const issue = async (name: string, body: object, headers: object = {}) => {
    const { text } = await post('/v1/tokens', body, { headers });
    const { token, id } = JSON.parse(text) as { token: string; id: string };
    secrets.set(name, token);
    return { token, id };
  };
  const revealedIn = (text: string): string[] =>
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

  beforeAll(async () => {
    running = startCairn(['serve', '--port', '0', '--data', folder.path], {
      CAIRN_ADMIN_TOKEN: ADMIN_TOKEN,
      CAIRN_SIGNING_KEY: SIGNING_KEY,
    });
    url = (await running.until(/Cairn serves (http:\S+)/))[1] ?? '';
  });
  afterAll(async () => {
    await stop(running);
    folder.remove();
  });

  it('is in no answer, whatever is asked and wherever it was put', async () => {
    await post('/v1/environments', { name: 'dev', tier: 'development' });
    await post('/v1/pipelines', { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] });
    const { token } = await issue('a pipeline’s token', { subject: 'shop-ci', role: 'pipeline', pipeline: 'shop' });
    const key = { 'idempotency-key': 'made-from-a-key' };
    const derived = await issue('a token that follows from a key', { subject: 'ann', role: 'auditor' }, key);
    const gone = await issue('a revoked token', { subject: 'ben', role: 'auditor' });
    await note('DELETE', `/v1/tokens/${gone.id}`);

    await note('POST', '/v1/artifacts', { token, body: JSON.stringify(bakeOf(digestOf('a'))) });
    for (const digest of ['a', 'nobody baked it']) {
      const body = JSON.stringify(promotionOf(digestOf(digest)));
      await note('POST', '/v1/environments/dev/promotions', { token, body });
    }
    // What it is cannot be told of a text that nobody issued, so that one only comes where a token belongs.
    for (const token of [UNKNOWN_TOKEN, `${ADMIN_TOKEN}x`]) {
      await note('GET', '/v1/pipelines', { token });
      await note('GET', '/v1/pipelines', { headers: { authorization: `Basic ${token}` } });
    }
    const ours = [...secrets.values()].filter(
      (secret) => secret !== UNKNOWN_TOKEN && !SIGNING_KEY.endsWith(`+${secret}`),
    );
    for (const secret of ours) {
      await note('GET', '/v1/pipelines', { token: secret });
      await note('GET', '/v1/pipelines', { token: `${secret}x` });
      await note('GET', '/v1/pipelines', { headers: { authorization: `Basic ${secret}` } });
      await note('GET', `/v1/pipelines?access_token=${encodeURIComponent(secret)}`, { token: derived.token });
      await note('GET', `/v1/pipelines/${encodeURIComponent(secret)}`);
      await note('GET', `/${encodeURIComponent(secret)}/%zz`);
      await note('GET', `/nothing/${encodeURIComponent(secret)}`);
      await note('GET', `/v1/changes?digest=${encodeURIComponent(secret)}&limit=${encodeURIComponent(secret)}`);
      await note('GET', '/v1/changes', { headers: { 'user-agent': secret, cookie: `token=${secret}` } });
      await note('DELETE', `/v1/tokens/${encodeURIComponent(secret)}`);
      const malformed = [`{"token":"${secret}"`, `{"${secret}":1}`, `${secret}`, `{"digest":"${secret}"}`];
      for (const body of malformed) await note('POST', '/v1/artifacts', { token, body });
      for (const body of malformed) await note('POST', '/v1/tokens', { body });
      await note('POST', '/v1/imports', {
        body: malformed.join('\n'),
        headers: { 'content-type': 'application/x-ndjson' },
      });
      await note('PUT', '/v1/environments/dev/policy', { body: '{"policy":{}}', headers: { 'if-match': secret } });
      await note('POST', '/v1/artifacts', { token, body: '{}', headers: { 'idempotency-key': secret } });
      await note('POST', '/v1/artifacts', { token, body: '{}', headers: { 'content-type': secret } });
      await note('GET', '/v1/changes?cursor=x', { headers: { range: secret, 'if-none-match': secret } });
    }
    for (const path of ['/v1/tokens', '/v1/events', '/v1/access-log?limit=500', '/v1/exceptions', '/health/ready']) {
      expect((await note('GET', path)).status).toBe(200);
    }
    const { text } = await note('GET', '/v1/events?type=TokenIssued.v1');
    for (const { id } of (JSON.parse(text) as { items: { id: string }[] }).items) await note('GET', `/v1/events/${id}`);
    await note('POST', '/v1/exports', {
      ...{ body: JSON.stringify({ what: 'changes', format: 'csv' }), headers: { prefer: 'wait=10' } },
    });
    const leaks = seen
      .map(({ what, text: answer }) => [what, ...revealedIn(answer)])
      .filter(({ length }) => length > 1);
    expect(leaks).toEqual([]);
    const statuses = ['200', '201', '400', '401', '404', '415', '422'];
    expect(seen.map(({ what }) => what.slice(-3))).toEqual(expect.arrayContaining(statuses));
  });

  it('is in no answer to what is no HTTP', async () => {
    const { hostname, port } = new URL(url);
    const bytes = `GET / HTTP/9.9\r\nauthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`;
    const text = await new Promise<string>((resolve) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.on('data', (chunk) => (answer += String(chunk))).once('close', () => resolve(answer));
    });
    expect(text).toContain('400');
    expect(revealedIn(text)).toEqual([]);
  });

  it('is in no answer when the server itself fails', async () => {
    const views = new Database(join(folder.path, 'views.db'));
    views.exec('ALTER TABLE pipeline_registrations RENAME TO elsewhere');
    const failed = await note('GET', '/v1/pipelines', { headers: { 'user-agent': ADMIN_TOKEN } });
    const searched = await note('GET', `/v1/search?q=${ADMIN_TOKEN}`);
    views.exec('ALTER TABLE elsewhere RENAME TO pipeline_registrations');
    views.close();
    expect(failed.status).toBe(500);
    for (const { text } of [failed, searched]) expect(revealedIn(text)).toEqual([]);
  });

  it('is in no file of the data folder while the server runs, nor after it, nor in what it has written', async () => {
    const leaks = async () => {
      const found: string[] = [];
      for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        const names = revealedIn((await readFile(file)).toString('latin1'));
        if (names.length > 0) found.push(`${entry.name}: ${names.join()}`);
      }
      return found;
    };
    const files = await readdir(folder.path);
    expect(files).toEqual(expect.arrayContaining(['access.db', 'ledger.db', 'exports']));
    expect(await leaks()).toEqual([]);
    const ended = await stop(running);
    expect(await leaks()).toEqual([]);
    expect(ended?.stderr).toContain('SIGTERM');
    expect(revealedIn(`${ended?.stdout} ${ended?.stderr}`)).toEqual([]);
  });

  it.each([
    ['CAIRN_EVENT_STORE', `esdb://admin:${PASSWORD}@127.0.0.1:9?tls=false`],
    ['CAIRN_EVENT_STORE', `esdb://admin:${PASSWORD}@127.0.0.1:9?tls=maybe`],
    ['CAIRN_DATABASE', `postgres://cairn:${PASSWORD}@127.0.0.1:9/cairn`],
    ['CAIRN_DATABASE', `postgres://cairn:${PASSWORD}@127.0.0.1:9/cairn?sslmode=maybe`],
    ['CAIRN_SIGNING_KEY', `PRIVATE+KEY+example.org+00000000+${PASSWORD}`],
    ['CAIRN_ADMIN_TOKEN', `${PASSWORD} with a space`],
  ])('is not repeated when %s cannot be used (%#)', async (setting, value) => {
    const other = temporaryFolder();
    const { code, stdout, stderr } = await cairn(['serve', '--port', '0', '--data', other.path], {
      ...{ [setting]: value, CAIRN_DEBUG: '1' },
    });
    other.remove();
    expect(code).not.toBe(0);
    expect(stderr).not.toBe('');
    expect(stdout + stderr).not.toContain(PASSWORD);
  });
});
