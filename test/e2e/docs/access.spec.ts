import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { loadConfig } from '../../../src/config.js';
import { json, TestIssuer } from '../../support/issuer.js';
import { temporaryFolder } from '../cli/cairn.js';
import { bakeOf, digestOf } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

const GITHUB = 'https://token.actions.githubusercontent.com';
const CLAIMS = { repository: 'example/store', repository_owner_id: 1024, project_path: 'example/store' };

describe('what docs/access.md tells the reader to do', () => {
  const folder = temporaryFolder();
  let issuer: TestIssuer;
  let server: TestServer;
  let blocks: { language: string; text: string }[];
  let audience: string;

  beforeAll(async () => {
    const page = await readFile(join(root, 'docs/access.md'), 'utf8');
    blocks = [...page.matchAll(/```(\w+)\n(.*?)```/gs)].map(([, language = '', text = '']) => ({ language, text }));
    const settings = Object.fromEntries(
      [...(blocks[0]?.text ?? '').matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    audience = loadConfig(settings).oidc?.audience ?? '';
    issuer = await TestIssuer.start('RS256');
    server = await startTestServer(undefined, { ...settings, CAIRN_OIDC_ISSUERS: issuer.url });
    await writeFile(join(folder.path, 'bake.json'), JSON.stringify(bakeOf(digestOf('docs'), 'store-api')));
  });
  afterAll(async () => {
    await server.stop();
    await issuer.goAway();
    folder.remove();
  });

  const bash = async (script: string, env: Record<string, string> = {}) => {
    const local = script.replaceAll('localhost:3000', server.url).replaceAll(`${audience}/v1`, `${server.url}/v1`);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', local], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    return stdout;
  };

  const asAdmin = async (script: string) => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const api = /^api\(\) .*$/m.exec(readme)?.[0] ?? '';
    const answer = await bash(`${api}\n${script}`, { CAIRN_TOKEN: server.adminToken });
    return answer
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
  };

  it('registers the pipeline', async () => {
    const [answer] = await asAdmin(blocks[1]?.text.replace(GITHUB, issuer.url) ?? '');
    expect(answer).toMatchObject({ stream: 'pipeline-store', revision: 0 });
  });

  it('bakes from GitHub Actions', async () => {
    const { jobs } = parse(blocks[2]?.text ?? '') as {
      jobs: { release: { permissions: object; steps: { run: string }[] } };
    };
    expect(jobs.release.permissions).toEqual({ 'id-token': 'write' });
    const asked = `/token?api-version=2.0&audience=${audience}`;
    const token = await issuer.token({ claims: { ...CLAIMS, aud: audience } });
    issuer.routes.set(asked, (response) => json(response, { count: 1, value: token }));
    // The runners have jq; not every machine that runs this has.
    const script = jobs.release.steps[0]?.run.replace('jq -r .value', `node -p 'JSON.parse(fs.readFileSync(0)).value'`);
    const answer = await bash(script ?? '', {
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
    });
    expect(answer).toMatch(/^::add-mask::eyJ.*\n\{"eventId"/);
  });

  it('bakes from GitLab', async () => {
    const { release } = parse(blocks[3]?.text ?? '') as {
      release: { id_tokens: { CAIRN_TOKEN: { aud: string } }; script: string[] };
    };
    const { aud } = release.id_tokens.CAIRN_TOKEN;
    const CAIRN_TOKEN = await issuer.token({ claims: { ...CLAIMS, aud } });
    const answer = await bash(release.script.join('\n'), { CAIRN_TOKEN });
    expect(JSON.parse(answer)).toMatchObject({ eventId: expect.any(String) });
  });

  it('registers another, suspends and reinstates it', async () => {
    const stream = 'pipeline-cart';
    const revisions = [0, 1, 2].map((revision) => ({ stream, revision }));
    expect(await asAdmin(blocks[4]?.text ?? '')).toMatchObject(revisions);
  });
});
