import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../../src/cli/api-client.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { openReceipt } from '../ledger/log-client.js';
import { cairn, serve, stop, temporaryFolder, type Served } from '../cli/cairn.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** The first block of a language below a heading of a page. */
async function block(file: string, heading: string, language: string): Promise<string> {
  const [, section = ''] = (await readFile(join(root, file), 'utf8')).split(`# ${heading}\n`);
  return new RegExp('```' + language + '\n(.*?)```', 's').exec(section)?.[1] ?? '';
}

describe('what the pages tell the reader to do', () => {
  const folder = temporaryFolder();
  let server: Served;
  beforeAll(async () => {
    server = await serve(join(folder.path, 'data'));
  });
  afterAll(async () => {
    await stop(server);
    folder.remove();
  });

  it('works: "Your first change" of the README', async () => {
    const script = (await block('README.md', 'Your first change', 'sh'))
      .replace(/^npm start.*$/m, '')
      .replace(/^export CAIRN_TOKEN=.*$/m, '')
      .replaceAll('localhost:3000', server.url);
    expect(script).toContain('/v1/artifacts');
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', ...server.settings },
    });
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers).toMatchObject([
      { stream: 'environment-production' },
      { stream: 'pipeline-shop' },
      { status: 422, reason: 'artifact-unknown' },
      { revision: 0 },
      { changeId: expect.any(String) },
      { environment: 'production', services: [{ service: 'shop-api', version: '1.0.0' }] },
      { items: [{ outcome: 'refused', reason: 'artifact-unknown' }] },
    ]);
  });

  it('works: "Who has read it" of the README', async () => {
    const api = /^api\(\) .*$/m.exec(await block('README.md', 'Your first change', 'sh'))?.[0] ?? '';
    const call = (await block('README.md', 'Who has read it', 'sh')).replaceAll('localhost:3000', server.url);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', `${api}\n${call}`], {
      env: { PATH: process.env['PATH'] ?? '', ...server.settings },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      window: { from: '2026-03-01T00:00:00.000Z' },
      items: [{ role: 'pipeline', route: '/v1/environments/:environment/known-good', status: 200 }],
    });
  });

  it('works: "What proves it" of the README', async () => {
    const api = /^api\(\) .*$/m.exec(await block('README.md', 'Your first change', 'sh'))?.[0] ?? '';
    const cli = `cairn() { '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"; }`;
    const calls = (await block('README.md', 'What proves it', 'sh')).replaceAll('localhost:3000', server.url);
    const admin = new ApiClient(server.url, server.adminToken);
    const refusals = { method: 'GET', path: '/events?type=ChangeRefused.v1&limit=1' } as const;
    const { items } = await admin.expectJson<{ items: { id: string }[] }>(refusals);
    const id = items[0]?.id ?? '';
    await run('bash', ['-euo', 'pipefail', '-c', `${api}\n${cli}\n${calls}`], {
      cwd: folder.path,
      env: { PATH: process.env['PATH'] ?? '', ...server.settings, EVENT: id },
    });
    const verifierKey = (await readFile(join(folder.path, 'cairn.vkey'), 'utf8')).trimEnd();
    const receipt = await readFile(join(folder.path, 'change.tlog-proof'), 'utf8');
    const { name: origin } = parseVerifierKey(verifierKey);
    const { leaf } = openReceipt(receipt, { origin, keys: [{ number: 0, fromSize: 0, verifierKey }] });
    expect(leaf).toMatchObject({ id, type: 'ChangeRefused.v1' });
  });

  it('works: the file of docs/import.md', async () => {
    const file = join(folder.path, 'history.ndjson');
    const lines = (await block('docs/import.md', 'History from before', 'ndjson'))
      .replaceAll('"id":"shop"', '"id":"other-shop"')
      .replaceAll('"pipeline":"shop"', '"pipeline":"other-shop"')
      .replaceAll('production', 'production-2');
    await writeFile(file, lines.replaceAll('"tier":"production-2"', '"tier":"production"'));
    const { code, stdout, stderr } = await cairn(['import', '--strict', file], server.settings);
    expect([code, stderr + stdout]).toEqual([0, expect.stringContaining('switch')]);
  });
});
