import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BAD, runByHand, unpack } from '../../support/evidence.js';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { cairn, hasControlCharacters, serve, stop, temporaryFolder, type Served } from './cairn.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('cairn evidence', () => {
  let folder: { path: string; remove: () => void };
  let server: Served;
  beforeAll(async () => {
    folder = temporaryFolder();
    server = await serve(join(folder.path, 'data'));
    const file = join(folder.path, 'history.ndjson');
    writeFileSync(file, history());
    const { code, stderr } = await cairn(['import', '--strict', file], server.settings);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(async () => {
    await stop(server);
    folder.remove();
  });

  it('writes a package that is checked by hand, and says what it is', async () => {
    const out = join(folder.path, 'evidence.zip');
    const args = ['evidence', '--environment', 'production', '--withhold', 'remarks', '-o', out];
    const { code, stdout, stderr } = await cairn(args, server.settings);
    expect([code, stdout]).toEqual([0, `${out}\n`]);
    const sha256 = createHash('sha256').update(readFileSync(out)).digest('hex');
    expect(readFileSync(`${out}.sha256`, 'utf8')).toBe(`${sha256}  evidence.zip\n`);
    expect(stderr).toMatch(/^6 events as of position \d+, population’s root [0-9a-f]{64}$/m);
    expect(stderr).toContain(`SHA-256 ${sha256}`);
    expect(hasControlCharacters(stderr)).toBe(false);
    const unpacked = unpack(readFileSync(out));
    try {
      const said = runByHand(unpacked);
      expect(said).not.toMatch(BAD);
      expect(said).toContain('OK: 6 leaves');
      expect(said).toContain('OK: 12 texts');
    } finally {
      rmSync(unpacked, { recursive: true });
    }
  });

  it('takes a single event and the range', async () => {
    const response = await fetch(`${server.url}/v1/events?order=asc&limit=3`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
    });
    const { items } = (await response.json()) as { items: { id: string }[] };
    const out = join(folder.path, 'range.zip');
    const [first, , third] = items.map(({ id }) => id);
    const args = ['evidence', '--event', first ?? '', '--event', third ?? '', '--range', '--out', out];
    const { code, stderr } = await cairn(args, server.settings);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^3 events/m)]);
  });

  it.each([
    ['nothing of that kind', ['--environment', 'nowhere'], EXIT_CODES.failed, 'fits nothing'],
    ['an unknown option', ['--format', 'csv'], EXIT_CODES.usage, 'unknown option'],
    ['a folder that is not there', ['--out', '/nowhere/at/all.zip'], EXIT_CODES.input, 'no such file'],
  ])('ends with its code for %s', async (_, args, expected, said) => {
    const { code, stdout, stderr } = await cairn(['evidence', ...args], server.settings);
    expect([code, stdout]).toEqual([expected, '']);
    expect(stderr).toContain(said);
  });

  it('ends without a token as not allowed', async () => {
    const { code } = await cairn(['evidence', '--environment', 'production'], { CAIRN_URL: server.url });
    expect(code).toBe(EXIT_CODES.denied);
  });

  it('explains itself with examples', async () => {
    const { code, stdout } = await cairn(['evidence', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ cairn evidence --environment production');
  });
});

/** Three changes of one artifact: with its bake, the pipeline and the environment six events. */
function history(): string {
  const source = { repository: 'https://git.example/shop', commit: 'abc1234' };
  const lines: object[] = [
    { command: 'register-pipeline', id: 'ci', name: 'CI', mayBake: ['*'], mayPromoteTo: ['*'] },
    { command: 'define-environment', name: 'production', tier: 'production' },
    {
      ...{ command: 'bake', pipeline: 'ci', digest: DIGEST, component: 'shop', version: '1', kind: 'container-image' },
      ...{ layer: 'application', source, run: { id: '1' } },
    },
  ];
  for (let n = 0; n < 3; n++) {
    lines.push({
      ...{ command: 'promote', pipeline: 'ci', environment: 'production', digest: DIGEST, strategy: 'all-at-once' },
      ...{ change: { type: 'standard', reason: `release ${n}` }, idempotencyKey: `p${n}` },
    });
  }
  return lines.map((line) => JSON.stringify(line)).join('\n');
}
