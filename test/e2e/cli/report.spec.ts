import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { FORMAT_NAMES } from '../../../src/reports/formats.js';
import { cairn, hasControlCharacters, serve, stop, temporaryFolder, type Served } from './cairn.js';

let folder: { path: string; remove: () => void };
let server: Served;
const file = (name: string): string => join(folder.path, name);
const report = (...args: string[]) => cairn(['report', ...args], server.settings);

beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(join(folder.path, 'data'));
  const digest = `sha256:${'a'.repeat(64)}`;
  const at = { pipeline: 'shop', occurredAt: '2026-02-02T10:00:00Z' };
  const lines = [
    { command: 'register-pipeline', id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] },
    { command: 'define-environment', name: 'production', tier: 'production', occurredAt: '2026-01-05T08:00:00Z' },
    {
      ...{ command: 'bake', ...at, digest, component: 'shop', version: '1', kind: 'package', layer: 'application' },
      ...{ source: { repository: 'https://git.example/shop', commit: 'abc1234' }, run: { id: '1' } },
    },
    {
      ...{ command: 'promote', ...at, environment: 'production', digest, strategy: 'all-at-once' },
      change: { type: 'normal', reason: 'first' },
    },
  ];
  writeFileSync(file('history.ndjson'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const imported = await cairn(['import', '--strict', file('history.ndjson')], server.settings);
  expect([imported.code, imported.stderr]).toEqual([0, expect.anything()]);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

const PERIOD = ['--environment', 'production', '--from', '2026-02-01T00:00:00Z', '--to', '2026-03-01T00:00:00Z'];

describe('cairn report', () => {
  it('writes a file, says what it is, and knows it again in every format', async () => {
    for (const format of FORMAT_NAMES) {
      const name = file(`report.${format}`);
      const made = await report(...PERIOD, '--out', name);
      expect([format, made.code, made.stdout]).toEqual([format, 0, '']);
      expect(made.stderr).toMatch(/SHA-256 [0-9a-f]{64}/);
      expect(made.stderr).toMatch(/Deployment frequency +0.04 a day \(1 in 28 days\)/);
      expect(hasControlCharacters(made.stderr)).toBe(false);
      const checked = await report('--check', name);
      expect([format, checked.code]).toEqual([format, EXIT_CODES.ok]);
      expect(checked.stdout).toContain('is the true one: production, 2026-02-01T00:00:00.000Z');
      expect(checked.stdout).toContain('It was not issued.');
    }
  });

  it('says where a file differs from the true one', async () => {
    const name = file('forged.html');
    await report(...PERIOD, '--out', name);
    writeFileSync(name, readFileSync(name, 'utf8').replace('1 in 28 days', '9 in 28 days'));
    const { code, stdout } = await report('--check', name);
    expect(code).toBe(EXIT_CODES.failed);
    expect(stdout).toMatch(/is not the true one.*\nIt differs from byte \d+ on/);
  });

  it('says of a file that was cut off that it was, where it still tells what it was made from', async () => {
    for (const format of FORMAT_NAMES) {
      const name = file(`cut.${format}`);
      await report(...PERIOD, '--out', name);
      const whole = readFileSync(name);
      writeFileSync(name, whole.subarray(0, whole.length - 20));
      const { code, stdout, stderr } = await report('--check', name);
      expect([format, code, stdout, stderr]).toEqual([
        format,
        EXIT_CODES.failed,
        expect.stringContaining('cut off or damaged'),
        expect.anything(),
      ]);
    }
  });

  it('says where it cannot write, and what no format is', async () => {
    const nowhere = await report(...PERIOD, '--out', file('no-such-folder/board.pdf'));
    expect([nowhere.code, nowhere.stderr]).toEqual([EXIT_CODES.input, expect.stringContaining('There is no folder')]);
    for (const args of [['foo.zip'], ['foo.zip', '--format', 'html'], ['foo.pdf', '--format', 'html']]) {
      const [name = '', ...more] = args;
      expect([args, (await report(...PERIOD, '--out', file(name), ...more)).code]).toEqual([args, EXIT_CODES.usage]);
    }
  });

  it('says what is no report, and what no server can make again', async () => {
    expect(await report('--check', file('history.ndjson'))).toMatchObject({ code: EXIT_CODES.input });
    expect(await report('--check', file('nowhere.html'))).toMatchObject({ code: EXIT_CODES.input });
    const name = file('future.json');
    await report(...PERIOD, '--out', name);
    writeFileSync(name, readFileSync(name, 'utf8').replace('"definitions":1', '"definitions":7'));
    const { code, stderr } = await report('--check', name);
    expect(code).toBe(EXIT_CODES.failed);
    expect(stderr).toContain('definitions');
  });

  it('issues what it wrote, and tells who did when the file is checked', async () => {
    const name = file('board.pdf');
    const made = await report(...PERIOD, '--issue', '--reason', 'the board', '--out', name);
    expect(made.stderr).toMatch(/Issued as event [0-9a-f-]{36}/);
    expect((await report('--check', name)).stdout).toMatch(/Issued \S+Z by admin, event /);
  });

  it('writes to stdout, and takes a length', async () => {
    const { code, stdout } = await report('--since', '36h', '--format', 'json', '--out', '-');
    const { address } = JSON.parse(stdout) as { address: { from: string; to: string } };
    expect([code, Date.parse(address.to) - Date.parse(address.from)]).toEqual([0, 36 * 3_600_000]);
  });

  it('says what is wrong with the command line or the request', async () => {
    expect((await report('--since', '7 days')).code).toBe(EXIT_CODES.usage);
    expect((await report('--since', '7d', '--from', '2026-02-01T00:00:00Z')).code).toBe(EXIT_CODES.usage);
    const unknown = await report('--environment', 'nowhere');
    expect([unknown.code, unknown.stderr]).toEqual([EXIT_CODES.failed, expect.stringContaining('nowhere')]);
    expect((await report('--help')).stdout).toContain('cairn report --check board.pdf');
  });
});
