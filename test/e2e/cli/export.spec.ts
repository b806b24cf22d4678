import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { cairn, hasControlCharacters, serve, stop, temporaryFolder, type Served } from './cairn.js';

const CHANGES = 6_000;
const DIGEST = `sha256:${'a'.repeat(64)}`;

let folder: { path: string; remove: () => void };
let server: Served;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(join(folder.path, 'data'));
  const file = join(folder.path, 'history.ndjson');
  writeFileSync(file, history());
  const { code, stderr } = await cairn(['import', '--strict', '--batch', '1000', file], server.settings);
  if (code !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});

/** One artifact promoted again and again: each is a change of its own. */
function history(): string {
  const bake = {
    ...{ command: 'bake', pipeline: 'ci', digest: DIGEST, component: 'shop', version: '1', kind: 'container-image' },
    ...{
      layer: 'application',
      source: { repository: 'https://git.example/shop', commit: 'abc1234' },
      run: { id: '1' },
    },
  };
  const lines: object[] = [
    { command: 'register-pipeline', id: 'ci', name: 'CI', mayBake: ['*'], mayPromoteTo: ['*'] },
    { command: 'define-environment', name: 'production', tier: 'production' },
    bake,
  ];
  for (let n = 0; n < CHANGES; n++) {
    const change = { type: 'standard', reason: `release ${n}` };
    lines.push({
      ...{ command: 'promote', pipeline: 'ci', environment: 'production', digest: DIGEST, strategy: 'all-at-once' },
      ...{ change, idempotencyKey: `p${n}` },
    });
  }
  return lines.map((line) => JSON.stringify(line)).join('\n');
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

async function api<Body>(path: string, body?: object): Promise<Body> {
  const response = await fetch(`${server.url}/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json', prefer: 'wait=0' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Body;
}

describe('cairn export', () => {
  it('writes the file and its SHA-256, and says what it is', async () => {
    const out = join(folder.path, 'changes.ndjson');
    const { code, stdout, stderr } = await cairn(['export', '--format', 'ndjson', '--out', out], server.settings);
    expect([code, stdout]).toEqual([0, `${out}\n`]);
    expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(CHANGES);
    expect(readFileSync(`${out}.sha256`, 'utf8')).toBe(`${sha256(out)}  changes.ndjson\n`);
    expect(stderr).toContain(`6,000 changes as of position`);
    expect(stderr).toContain(`population ${sha256(out)}`);
    expect(hasControlCharacters(stderr)).toBe(false);
  });

  it('goes on with what an earlier run has fetched, and begins again where that is of something else', async () => {
    const whole = join(folder.path, 'changes.ndjson');
    const digest = sha256(whole);
    for (const [name, had] of [
      ['rest.ndjson', readFileSync(whole).subarray(0, 100_000)],
      ['none.ndjson', Buffer.alloc(0)],
    ] as const) {
      const out = join(folder.path, name);
      const part = `${out}.${digest.slice(0, 12)}.part`;
      writeFileSync(part, had);
      const args = ['export', '--format', 'ndjson', '--environment', 'production', '--as-of', asOf(), '--out', out];
      expect((await cairn(args, server.settings)).code).toBe(0);
      expect([sha256(out), existsSync(part)]).toEqual([digest, false]);
    }
    const out = join(folder.path, 'wrong.ndjson');
    writeFileSync(`${out}.${digest.slice(0, 12)}.part`, Buffer.alloc(100_000));
    const wrong = await cairn(['export', '--format', 'ndjson', '--as-of', asOf(), '--out', out], server.settings);
    expect([wrong.code, existsSync(out)]).toEqual([EXIT_CODES.failed, false]);
    expect(wrong.stderr).toContain('the ledger tells of');
    expect((await cairn(['export', '--format', 'ndjson', '--as-of', asOf(), '--out', out], server.settings)).code).toBe(
      0,
    );
    expect(sha256(out)).toBe(digest);

    function asOf(): string {
      const last = readFileSync(whole, 'utf8').trimEnd().split('\n').at(-1) ?? '';
      return String((JSON.parse(last) as { lastPosition: number }).lastPosition);
    }
  });

  it('writes to stdout nothing but the file', async () => {
    const args = ['export', '--format', 'ndjson', '--environment', 'production', '--order', 'desc', '--out', '-'];
    const { code, stdout, stderr } = await cairn(args, server.settings);
    expect([code, stdout.trimEnd().split('\n').length]).toEqual([0, CHANGES]);
    expect(stderr).toContain(`SHA-256 ${createHash('sha256').update(stdout).digest('hex')}`);
  });

  it.each([
    ['/nonexist/x.csv', 'no such file or directory'],
    ['/dev/full', '/dev/full is no file'],
    ['/tmp', '/tmp is a folder'],
    ['/dev/null/x.csv', 'not a directory'],
    ['/tmp/nonexist/', '/tmp/nonexist/ is a folder'],
  ])('asks nothing of the ledger where it cannot write: %s', async (out, said) => {
    const exportsBefore = await listed('exports');
    for (const args of [['export'], ['sample', '--size', '2']]) {
      const { code, stderr } = await cairn([...args, '--out', out], server.settings);
      expect([code, stderr]).toEqual([EXIT_CODES.input, expect.stringContaining(said)]);
    }
    expect(await listed('exports')).toBe(exportsBefore);
    expect(await listed('samples')).toBe(0);
  });

  const listed = async (what: string): Promise<number> =>
    (await api<{ items: unknown[] }>(`/${what}?limit=500`)).items.length;

  it('says what is wrong', async () => {
    const bad = await cairn(['export', '--outcome', 'good'], server.settings);
    expect([bad.code, bad.stderr]).toEqual([EXIT_CODES.failed, expect.stringContaining('outcome')]);
    expect((await cairn(['export', '--format', 'doc'], server.settings)).code).toBe(EXIT_CODES.usage);
    const pdf = await cairn(['export', '--format', 'pdf'], server.settings);
    expect([pdf.code, pdf.stderr]).toEqual([EXIT_CODES.failed, expect.stringContaining('ndjson or csv')]);
    expect((await cairn(['export'], { CAIRN_URL: server.url })).code).toBe(EXIT_CODES.denied);
  });
});

describe('cairn sample', () => {
  it('prints the rows, and draws the same again for the same seed', async () => {
    const args = ['sample', '--size', '20', '--seed', 'Q1', '--stratify-by', 'outcome', '--as-of', '6003'];
    const [first, second] = [await cairn(args, server.settings), await cairn(args, server.settings)];
    expect([first.code, first.stdout.trimEnd().split('\n').length]).toEqual([0, 20]);
    expect(second.stdout).toBe(first.stdout);
    expect(first.stderr).toContain('20 of 6,000 changes');
    expect((await cairn(['sample', '--size', '1001'], server.settings)).code).toBe(EXIT_CODES.usage);
  });
});

describe('an export that a crash interrupts', () => {
  interface Answer {
    id: string;
    status: string;
    asOf: number;
    progress: { rows: number };
    manifest: { sha256: string };
    event: { eventId: string };
  }

  it('begins again at the next start, and is one event', async () => {
    const { id, asOf } = await api<Answer>('/exports', { what: 'changes', format: 'xlsx' });
    await until(id, ({ progress }) => progress.rows > 0);
    server.process.kill('SIGKILL');
    await server.ended;
    expect(existsSync(join(folder.path, 'data/exports', `${id}.xlsx.part`))).toBe(true);
    server = await serve(join(folder.path, 'data'));
    const done = await until(id, ({ status }) => status === 'done');
    expect(existsSync(join(folder.path, 'data/exports', `${id}.xlsx.part`))).toBe(false);
    const again = await api<Answer>('/exports', { what: 'changes', format: 'xlsx', asOf: String(asOf) });
    expect((await until(again.id, ({ status }) => status === 'done')).manifest.sha256).toBe(done.manifest.sha256);
    await stop(server);
    server = await serve(join(folder.path, 'data'));
    expect((await api<Answer>(`/exports/${id}`)).event).toEqual(done.event);
    const events = await api<{ items: { id: string }[] }>('/events?type=EvidenceExported.v1&limit=500');
    expect(events.items.filter((event) => event.id === done.event.eventId)).toHaveLength(1);
  });

  async function until(id: string, isSo: (answer: Answer) => boolean): Promise<Answer> {
    const giveUpAt = Date.now() + 40_000;
    for (;;) {
      const answer = await api<Answer>(`/exports/${id}`);
      if (isSo(answer)) return answer;
      if (Date.now() > giveUpAt) throw new Error(JSON.stringify(answer));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
});
