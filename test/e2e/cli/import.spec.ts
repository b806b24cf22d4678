import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { cairn, hasControlCharacters, serve, startCairn, stop, temporaryFolder, type Served } from './cairn.js';

let folder: { path: string; remove: () => void };
let server: Served;
let run = 0;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await serve(join(folder.path, 'data'));
});
afterAll(async () => {
  await stop(server);
  folder.remove();
});
beforeEach(() => {
  run++;
});

const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Bakes and promotions of a pipeline and an environment of their own, each day later than the one before. */
function history(artifacts: number): string[] {
  const pipeline = `ci-${run}`;
  const environment = `dev-${run}`;
  const lines: object[] = [
    { command: 'register-pipeline', id: pipeline, name: pipeline, mayBake: ['*'], mayPromoteTo: ['*'] },
    { command: 'define-environment', name: environment, tier: 'development' },
  ];
  for (let n = 0; n < artifacts; n++) {
    const occurredAt = new Date(Date.parse('2026-01-01T08:00:00Z') + n * 60_000).toISOString();
    const told = { occurredAt, pipeline, digest: digest(`${run}-${n}`) };
    lines.push({
      command: 'bake',
      ...told,
      component: 'shop',
      version: `1.${n}`,
      kind: 'container-image',
      layer: 'application',
      source: { repository: 'https://git.example/shop', commit: `c${n}` },
      run: { id: `${n}` },
    });
    const change = { type: 'standard', reason: 'release' };
    lines.push({ command: 'promote', ...told, environment, strategy: 'all-at-once', change });
  }
  return lines.map((line) => JSON.stringify(line));
}

function fileOf(name: string, lines: readonly string[]): string {
  const file = join(folder.path, `${run}-${name}`);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function head(): Promise<number> {
  const response = await fetch(`${server.url}/v1/environments/dev-${run}/known-good`, {
    headers: { authorization: `Bearer ${server.adminToken}` },
  });
  return ((await response.json()) as { position: number }).position;
}

const importing = (file: string, ...options: string[]) => cairn(['import', file, ...options], server.settings);

const rowOf = (stdout: string, key: string): string | undefined =>
  new RegExp(`^.*\\b${key} +([\\d,]+)$`, 'm').exec(stdout)?.[1];

describe('cairn import', () => {
  it('ends with a table of what was accepted, refused, rejected and invalid', async () => {
    const unknown = {
      command: 'promote',
      pipeline: `ci-${run}`,
      environment: `dev-${run}`,
      digest: digest('never baked'),
    };
    const change = { strategy: 'all-at-once', change: { type: 'standard', reason: 'x' } };
    const file = fileOf('mixed.ndjson', [
      ...history(3),
      '',
      JSON.stringify({ ...unknown, ...change }),
      'not json',
      JSON.stringify({ command: 'reinstate-pipeline', id: 'nobody' }),
      JSON.stringify({ command: 'promote', ...change, environment: `dev-${run}`, digest: 'sha256:short' }),
    ]);
    const { code, stdout } = await importing(file, '--batch', '4');
    expect(code).toBe(0);
    expect(rowOf(stdout, 'register-pipeline')).toBe('1');
    expect(rowOf(stdout, 'bake')).toBe('3');
    expect(rowOf(stdout, 'promote')).toBe('3');
    expect(rowOf(stdout, 'artifact-unknown')).toBe('1');
    expect(rowOf(stdout, 'not-found')).toBe('1');
    expect(rowOf(stdout, 'can be read')).toBe('2');
    expect(rowOf(stdout, 'total')).toBe('12');
    expect(stdout).toMatch(/^ {2}line 11: .*JSON/m);
    expect(stdout).toMatch(/^ {2}line 13: .*digest/m);
    expect(hasControlCharacters(stdout)).toBe(false);
    expect(existsSync(`${file}.progress`)).toBe(false);
    expect((await importing(file, '--strict')).code).toBe(EXIT_CODES.failed);
  });

  it('takes no line twice when a file is sent again, also compressed and from stdin', async () => {
    const lines = history(5);
    const first = await importing(fileOf('a.ndjson.gz', lines));
    const before = await head();
    const again = await importing(fileOf('b.ndjson', lines));
    const piped = await cairn(['import', '-'], server.settings, lines.join('\n'));
    expect([first.code, again.code, piped.code]).toEqual([0, 0, 0]);
    expect([again.stdout, piped.stdout]).toEqual([first.stdout, first.stdout]);
    expect(await head()).toBe(before);
  });

  it('stops after the batch in flight, resumes there, and counts the whole file', async () => {
    const lines = history(600);
    const file = fileOf('long.ndjson', lines);
    const stopped = startCairn(['import', file, '--batch', '2'], server.settings);
    await eventually(() => existsSync(`${file}.progress`), 15_000);
    stopped.process.kill('SIGINT');
    const { code, stderr } = await stopped.ended;
    expect(code).toBe(EXIT_CODES.interrupted);
    expect(stderr).toMatch(/Stopped after line \d+\. Run the same command again/);
    const state = JSON.parse(readFileSync(`${file}.progress`, 'utf8')) as { lines: number };
    expect(state.lines).toBeGreaterThan(0);
    expect(state.lines).toBeLessThan(lines.length);

    const resumed = await importing(file);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`Going on after line ${state.lines.toLocaleString('en-US')}`);
    expect(rowOf(resumed.stdout, 'bake')).toBe('600');
    expect(rowOf(resumed.stdout, 'total')).toBe('1,202');
    expect(existsSync(`${file}.progress`)).toBe(false);
  });

  it('notices that the file has changed since it was stopped', async () => {
    const lines = history(2);
    const file = fileOf('changed.ndjson', lines);
    const tally = { accepted: {}, refused: {}, rejected: {}, invalid: 0, invalidExamples: [] };
    const state = { version: 1, lines: 2, sha256: '0'.repeat(64), url: server.url, tally };
    writeFileSync(`${file}.progress`, JSON.stringify(state));
    const changed = await importing(file);
    expect(changed.code).toBe(EXIT_CODES.input);
    expect(changed.stderr).toContain('The file has changed since the import was stopped');
    expect((await importing(file, '--restart')).code).toBe(0);

    writeFileSync(`${file}.progress`, JSON.stringify({ ...state, url: 'http://other.example' }));
    const elsewhere = await importing(file);
    expect(elsewhere.code).toBe(EXIT_CODES.input);
    expect(elsewhere.stderr).toContain('http://other.example');
  });

  it('says where it stands when the server goes away, and finishes when it is back', async () => {
    const data = join(folder.path, 'other');
    const other = await serve(data);
    const lines = history(400);
    const file = fileOf('gone.ndjson', lines);
    const port = new URL(other.url).port;
    const importer = startCairn(['import', file, '--batch', '2'], other.settings);
    await eventually(() => existsSync(`${file}.progress`), 15_000);
    other.process.kill('SIGKILL');
    await other.ended;
    await importer.until(/No answer from .* Trying again/);
    const back = startCairn(['serve', '--port', port, '--data', data]);
    const { code, stdout } = await importer.ended;
    await stop(back);
    expect(code).toBe(0);
    expect(rowOf(stdout, 'total')).toBe('802');
  });

  it('says what is wrong with its input or its caller', async () => {
    expect((await importing(join(folder.path, 'nothing.ndjson'))).code).toBe(EXIT_CODES.input);
    expect((await importing(folder.path)).code).toBe(EXIT_CODES.input);
    const file = fileOf('a.ndjson', history(1));
    const denied = await cairn(['import', file], { ...server.settings, CAIRN_TOKEN: 'nobody' });
    expect(denied.code).toBe(EXIT_CODES.denied);
    expect(denied.stdout).toBe('');
  });
});
