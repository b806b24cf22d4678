import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { digestOf } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { cairn, hasControlCharacters, temporaryFolder } from './cairn.js';

const GITLAB = {
  GITLAB_CI: 'true',
  CI_PROJECT_URL: 'https://git.example/shop',
  CI_COMMIT_SHA: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203',
  CI_COMMIT_REF_NAME: 'main',
  CI_PIPELINE_ID: '4711',
  CI_JOB_URL: 'https://git.example/shop/-/jobs/99',
};
const GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'octo/shop',
  GITHUB_SHA: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_RUN_ID: '4711',
  GITHUB_WORKFLOW_REF: 'octo/shop/.github/workflows/release.yml@refs/heads/main',
};

const folder = temporaryFolder();
let server: TestServer;
let token: string;
let settings: Record<string, string>;
let between: Server | undefined;

const keyFile = (name: string) => join(folder.path, `${name}.pem`);
function makeKey(name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  writeFileSync(keyFile(name), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

beforeAll(async () => {
  server = await startTestServer();
  for (const id of ['shop', 'closed']) {
    await server.admin.post('/v1/pipelines', { id, name: id, mayBake: ['*'], mayPromoteTo: ['*'] });
  }
  await server.admin.post('/v1/pipelines/shop/keys', { publicKey: makeKey('shop') });
  await server.admin.post('/v1/pipelines/closed/suspension', { reason: 'broken into' });
  makeKey('stranger');
  ({ token } = await server.as('pipeline', 'shop'));
  settings = { CAIRN_URL: server.url, CAIRN_TOKEN: token };
});
afterEach(() => {
  between?.closeAllConnections();
  between?.close();
  between = undefined;
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(handler: Handler): Promise<string> {
  between = createServer(handler);
  await new Promise<void>((resolve) => between?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
}

/** What a bake of these bytes is called with. */
const bakeArgs = (digest: string, ...more: string[]) => [
  ...['bake', '--digest', digest, '--component', 'shop-api', '--version', '1.0.0', '--kind', 'container-image'],
  ...['--layer', 'application', ...more],
];
const bake = (digest: string, variables: Record<string, string>, ...more: string[]) =>
  cairn(bakeArgs(digest, ...more), { ...settings, ...variables });
const eventsOf = async (digest: string) => {
  const path = `/v1/events?stream=artifact-${digest.replace(':', '-')}&type=ArtifactBaked.v1`;
  return (await server.admin.get<{ items: { id: string }[] }>(path)).body.items;
};

describe('cairn bake', () => {
  it('signs provenance from what the CI says, and is taken once however often it is sent', async () => {
    const digest = digestOf('signed on the fly');
    const first = await bake(digest, GITLAB, '--key', keyFile('shop'));
    expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/^Recorded: .* at position \d+\.\n$/)]);
    const { eventId } = JSON.parse(first.stdout) as { eventId: string };
    const { body } = await server.admin.get<{ data: object }>(`/v1/events/${eventId}`);
    expect(body.data).toMatchObject({
      source: { repository: 'https://git.example/shop', commit: GITLAB.CI_COMMIT_SHA, ref: 'refs/heads/main' },
      ...{ run: { id: '4711', url: GITLAB.CI_JOB_URL }, proof: 'signed' },
      provenance: { builder: 'https://git.example/shop' },
    });

    const printed = await cairn(bakeArgs(digest, '--key', keyFile('shop'), '--dry-run'), GITLAB);
    const { provenance } = JSON.parse(printed.stdout) as { provenance: object };
    const file = join(folder.path, 'provenance.jsonl');
    writeFileSync(file, `${JSON.stringify(provenance)}\n`);
    const again = [await bake(digest, GITLAB, '--provenance', file), await bake(digest, GITLAB, '--provenance', file)];
    expect(again.map(({ code }) => code)).toEqual([0, 0]);
    expect(again[1]?.stdout).toBe(again[0]?.stdout);
    expect(again[1]?.stderr).toContain(', as it was before.');
    expect(await eventsOf(digest)).toHaveLength(2);
  });

  it('gives GitHub Actions nothing to do that others have written', async () => {
    const digest = digestOf('commands');
    const repository = 'https://git.example/x\n ::set-output name=image::evil\n##[set-output name=image;]evil';
    const theirs = { digest, component: 'shop-api', version: '1.0.0', kind: 'container-image', layer: 'application' };
    const source = { repository, commit: GITHUB.GITHUB_SHA };
    await server.api(token).post('/v1/artifacts', { ...theirs, source, run: { id: '1' } });
    const { code, stderr } = await bake(digest, GITHUB);
    expect([code, stderr]).toEqual([1, expect.stringContaining('set-output')]);
    const lines = stderr.split('\n').filter((line) => /^\s*::/.test(line) || line.includes('##['));
    expect(lines).toEqual([expect.stringMatching(/^::error title=Cairn did not take/)]);
    const url = await listen((_request, response) => {
      response.writeHead(201).end(JSON.stringify({ eventId: 'x\nimage=evil', position: '1\r\ntag=evil' }));
    });
    const outputs = join(folder.path, 'forged');
    await bake(digest, { ...GITHUB, CAIRN_URL: url, GITHUB_OUTPUT: outputs }, '--quiet');
    expect(readFileSync(outputs, 'utf8')).toBe('event-id=x image=evil\nposition=1  tag=evil\n');
  });

  it('says why it is refused, also on the page of a GitHub Actions run', async () => {
    const outputs = join(folder.path, 'outputs');
    const digest = digestOf('by a stranger');
    const variables = { ...GITHUB, GITHUB_OUTPUT: outputs };
    const { code, stdout, stderr } = await bake(digest, variables, '--key', keyFile('stranger'));
    expect([code, stdout]).toEqual([EXIT_CODES.failed, '']);
    expect(stderr).toMatch(/^cairn: Refused, provenance-invalid: .* fails at its signature: /m);
    expect(stderr).toMatch(/^missing: signature: /m);
    expect(stderr).toMatch(/^Check that it is the proof of this very artifact/m);
    const [, eventId = ''] = /^event: ([0-9a-f-]{36})$/m.exec(stderr) ?? [];
    expect((await server.admin.get(`/v1/events/${eventId}`)).status).toBe(200);
    expect(stderr).toMatch(
      /^::error title=Cairn did not take the bake of shop-api 1\.0\.0::Refused.*%0Amissing: .*%0Aevent: .*%0ACheck/m,
    );
    expect(readFileSync(outputs, 'utf8')).toMatch(new RegExp(`^event-id=${eventId}\\nposition=\\d+\\n$`));
    expect(hasControlCharacters(stderr)).toBe(false);
    expect(await eventsOf(digest)).toEqual([]);
  });

  it('tells a refusal from a token that may not bake, whatever the status', async () => {
    const closed = await server.as('pipeline', 'closed');
    const [suspended, none] = await Promise.all([
      bake(digestOf('late'), { ...GITLAB, CAIRN_TOKEN: closed.token }),
      bake(digestOf('late'), { ...GITLAB, CAIRN_TOKEN: 'nobody' }),
    ]);
    expect(suspended.code).toBe(EXIT_CODES.failed);
    expect(suspended.stderr).toContain('Refused, pipeline-suspended: ');
    expect(none.code).toBe(EXIT_CODES.denied);
    expect(none.stderr).not.toContain('::error');
  });

  it('is decided anew when the job is started again after a refusal, as often as that takes', async () => {
    const digest = digestOf('before its key was known');
    const publicKey = makeKey('late');
    const proofFile = join(folder.path, 'late.json');
    const attempt = () => bake(digest, GITLAB, '--provenance', proofFile);
    const signed = await cairn(bakeArgs(digest, '--key', keyFile('late'), '--dry-run'), GITLAB);
    writeFileSync(proofFile, JSON.stringify((JSON.parse(signed.stdout) as { provenance: object }).provenance));
    const eventOf = (stderr: string) => /^event: (.+)$/m.exec(stderr)?.[1];
    const refused = [await attempt(), await attempt(), await attempt()];
    expect(refused.map(({ code }) => code)).toEqual([EXIT_CODES.failed, EXIT_CODES.failed, EXIT_CODES.failed]);
    expect(new Set(refused.map(({ stderr }) => eventOf(stderr))).size).toBe(3);
    await server.admin.post('/v1/pipelines/shop/keys', { publicKey });
    const taken = [await attempt(), await attempt()];
    expect(taken.map(({ code }) => code)).toEqual([0, 0]);
    expect(taken[1]?.stderr).toContain(', as it was before.');
    expect(await eventsOf(digest)).toHaveLength(1);
  });

  it('shows a refusal as it was, under a key that was chosen', async () => {
    const closed = await server.as('pipeline', 'closed');
    const attempt = () =>
      bake(digestOf('chosen'), { ...GITLAB, CAIRN_TOKEN: closed.token }, '--idempotency-key', 'mine');
    const [first, again] = [await attempt(), await attempt()];
    expect([first.code, again.code]).toEqual([EXIT_CODES.failed, EXIT_CODES.failed]);
    expect(again.stderr).toBe(first.stderr);
  });

  it('says how a job signs in where it has no token, or one that nobody knows', async () => {
    const none = await bake(digestOf('no token'), { ...GITLAB, CAIRN_TOKEN: '' });
    expect([none.code, none.stderr]).toEqual([
      EXIT_CODES.denied,
      expect.stringContaining('Sign in as the job with --oidc'),
    ]);
    const unknown = await bake(digestOf('no token'), { ...GITLAB, CAIRN_ID_TOKEN: 'nobody' }, '--oidc');
    expect(unknown.stderr).toContain('The pipeline’s registration says which claims');
    expect(unknown.stderr).not.toContain('CAIRN_TOKEN');
  });

  it('sends no proof of another artifact', async () => {
    const signed = await cairn(bakeArgs(digestOf('one'), '--key', keyFile('shop'), '--dry-run'), GITLAB);
    const file = join(folder.path, 'other.json');
    writeFileSync(file, JSON.stringify((JSON.parse(signed.stdout) as { provenance: object }).provenance));
    // Nobody listens there: it would not get as far as to notice.
    const { code, stderr } = await bake(
      digestOf('another'),
      { ...GITLAB, CAIRN_URL: 'http://127.0.0.1:9' },
      '--provenance',
      file,
    );
    expect(code).toBe(EXIT_CODES.input);
    expect(stderr).toContain(`expected ${digestOf('another')}, and saw shop-api ${digestOf('one')}`);
    expect(stderr).not.toContain('::error');
    const onGitHub = await bake(digestOf('another'), GITHUB, '--provenance', file);
    expect(onGitHub.code).toBe(EXIT_CODES.input);
    expect(onGitHub.stderr).toMatch(/^::error title=Cairn did not take the bake of .*Nothing was sent\.%0A/m);
  });

  it('gives up after a while where there is no server', async () => {
    const url = await listen(() => undefined);
    between?.close();
    const variables = { ...GITLAB, CAIRN_URL: url };
    const { code, stdout, stderr } = await bake(digestOf('away'), variables, '--retry-for', '2s');
    expect([code, stdout]).toEqual([EXIT_CODES.unavailable, '']);
    expect(stderr).toContain('ECONNREFUSED');
    expect([1, 2]).toContain(stderr.match(/Trying again in/g)?.length);
  });

  it('is taken once when the server comes back, though an answer was lost on its way', async () => {
    const digest = digestOf('lost');
    let attempts = 0;
    const url = await listen((request, response) => {
      attempts++;
      if (attempts === 1) return void response.writeHead(503, { 'retry-after': '0' }).end('{"title":"Starting"}');
      const isLost = attempts === 2;
      void forward(request).then(({ status, headers, text }) => {
        if (isLost) return response.destroy();
        return response.writeHead(status, headers).end(text);
      });
    });
    const { code, stdout, stderr } = await bake(digest, { ...GITLAB, CAIRN_URL: url });
    expect(code).toBe(0);
    expect(attempts).toBe(3);
    expect(stderr).toMatch(
      /^Starting \(HTTP 503\) Trying again in 0\.5 s\.\nNo answer from .*\nRecorded: .*, as it was before\.\n$/,
    );
    expect(await eventsOf(digest)).toMatchObject([{ id: (JSON.parse(stdout) as { eventId: string }).eventId }]);
  });

  it('signs in with the token that GitHub Actions gives the job, which nobody sees', async () => {
    const asked: (string | undefined)[] = [];
    const url = await listen((request, response) => {
      asked.push(request.url, request.headers.authorization);
      response.end(JSON.stringify({ value: token }));
    });
    const outputs = join(folder.path, 'accepted');
    const variables = {
      ...{ ...GITHUB, CAIRN_TOKEN: '', GITHUB_OUTPUT: outputs, CAIRN_OIDC_AUDIENCE: 'https://cairn.example' },
      ...{ ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runtime' },
    };
    const { code, stdout, stderr } = await bake(digestOf('signed in'), variables, '--oidc');
    expect(code).toBe(0);
    expect(asked).toEqual(['/token?api-version=2.0&audience=https%3A%2F%2Fcairn.example', 'Bearer runtime']);
    expect(stdout + stderr.replace(`::add-mask::${token}\n`, '')).not.toContain(token);
    expect(stderr).toContain(`::add-mask::${token}\n`);
    const { eventId, position } = JSON.parse(stdout) as { eventId: string; position: number };
    expect(readFileSync(outputs, 'utf8')).toBe(`event-id=${eventId}\nposition=${position}\n`);
  });

  it('signs in with a token that the job was given, and with no other in its place', async () => {
    const given = await bake(digestOf('given'), { ...GITLAB, CAIRN_TOKEN: 'nobody', CAIRN_ID_TOKEN: token }, '--oidc');
    expect(given.code).toBe(0);
    const none = await bake(digestOf('given'), GITLAB, '--oidc');
    expect(none.code).toBe(EXIT_CODES.denied);
    expect(none.stderr).toContain('id-token: write');
  });
});

/** Sends a request on to the server, as it is. */
async function forward(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization = '', 'idempotency-key': key = '', 'content-type': type = '' } = request.headers;
  const answer = await fetch(`${server.url}${request.url}`, {
    method: 'POST',
    headers: { authorization, 'idempotency-key': String(key), 'content-type': type },
    body: Buffer.concat(chunks),
  });
  const replayed = answer.headers.get('idempotent-replayed');
  return {
    status: answer.status,
    headers: replayed ? { 'idempotent-replayed': replayed } : {},
    text: await answer.text(),
  };
}
