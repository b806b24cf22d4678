import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { signStatement } from '../../../src/provenance/sign.js';
import { SLSA_V1 } from '../../../src/provenance/slsa.js';
import { temporaryFolder } from '../cli/cairn.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const folder = temporaryFolder();
afterAll(() => folder.remove());

const [, section = ''] = readFileSync(join(root, 'docs/provenance.md'), 'utf8').split('## From a CI job');
const [gitHub, gitLab] = [...section.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => parse(text) as unknown);

const artifact = { algorithm: 'sha256' as const, hex: 'ab'.repeat(32) };
const DIGEST = `sha256:${artifact.hex}`;
const { privateKey } = generateKeyPairSync('ed25519');
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder.path, name), text, { mode: 0o600 });
  return join(folder.path, name);
};

/** Runs a step's commands as a shell does, except that nothing is sent; answers what would have been. */
async function steps(script: string, env: Record<string, string>): Promise<string> {
  const cairn = `cairn() { '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"; }`;
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${cairn}\n${script}`], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'] ?? '', DIGEST, ...env },
  });
  return stdout;
}
const SAID = { digest: DIGEST, component: 'shop-api', kind: 'container-image', layer: 'application' };

describe('the jobs that the page on provenance shows', () => {
  it('bake in GitHub Actions with the bundle that was made there', async () => {
    const { jobs } = gitHub as { jobs: { release: { steps: { run?: string; env?: object }[] } } };
    const step = jobs.release.steps.find((one) => one.run !== undefined);
    expect(Object.keys(step?.env ?? {})).toEqual(['DIGEST', 'BUNDLE']);
    const dsseEnvelope = signStatement({ artifact, predicateType: SLSA_V1, predicate: {} }, privateKey);
    const body = await steps(`${step?.run?.trimEnd()} --dry-run`, {
      ...{ GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'octo/shop', GITHUB_SHA: 'c0ffee1', GITHUB_RUN_ID: '4711' },
      ...{ GITHUB_REF_NAME: 'v1.4.0', BUNDLE: fileOf('bundle.jsonl', `${JSON.stringify({ dsseEnvelope })}\n`) },
    });
    const source = { repository: 'https://github.com/octo/shop', commit: 'c0ffee1' };
    expect(JSON.parse(body)).toMatchObject({ ...SAID, version: 'v1.4.0', source, provenance: { dsseEnvelope } });
  });

  it('bake and attest in GitLab CI with a key', async () => {
    const [bake = '', attest = '', ...more] = (gitLab as { release: { script: string[] } }).release.script;
    expect(more).toEqual([]);
    const env = {
      ...{ GITLAB_CI: 'true', CI_PROJECT_URL: 'https://git.example/shop', CI_COMMIT_SHA: 'c0ffee1' },
      ...{ CI_COMMIT_TAG: 'v1.4.0', CI_COMMIT_REF_NAME: 'v1.4.0', CI_PIPELINE_ID: '4711' },
      CAIRN_ATTEST_KEY: fileOf('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    };
    const body = JSON.parse(await steps(`${bake} --dry-run`, env)) as object;
    expect(body).toMatchObject({ ...SAID, version: 'v1.4.0', source: { ref: 'refs/tags/v1.4.0' } });
    expect(body).toHaveProperty('provenance.signatures');

    fileOf('tests.json', '{"result":"PASSED"}');
    const signed = await steps(attest.replace(/--post.*$/s, ''), env);
    expect(attest).toMatch(/--post --type unit-tests --result passed$/);
    expect(JSON.parse(signed)).toMatchObject({ payloadType: 'application/vnd.in-toto+json' });
  });
});
