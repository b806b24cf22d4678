import { createHash } from 'node:crypto';
import { appendFile, readdir, rm, stat, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import exceljs from 'exceljs';
import { PDF_FIELDS } from '../../../src/reports/exports/export.js';
import { CHANGE_FIELDS } from '../../../src/views/changes/row.js';
import { HOSTILE, tellPopulation, type Told } from '../support/population.js';
import { describeOnEveryDatabase } from '../../support/every-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Export {
  id: string;
  status: string;
  asOf: number;
  manifest: { file: string; bytes: number; sha256: string; rows: number; population: { count: number; hash: string } };
  event: { eventId: string; position: number };
  links: { self: string; content: string; manifest: string };
}
interface Listed {
  items: { facts: { id: string } }[];
  next: string;
}
type Row = Record<string, string | number>;

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describeOnEveryDatabase('exports', (url) => {
  let server: TestServer;
  let told: Told;
  let all: Row[];
  beforeAll(async () => {
    server = await startTestServer(undefined, { CAIRN_DATABASE: url() });
    told = await tellPopulation(server);
    const { body } = await told.shop.auditor.get<{ items: Row[] }>(
      `/v1/changes?order=asc&limit=500&minPosition=${told.last}`,
    );
    all = body.items;
  });
  afterAll(() => server.stop());

  const start = (body: object, headers: Record<string, string> = {}) =>
    told.shop.auditor.post<Export>(
      '/v1/exports',
      { what: 'changes', ...body },
      { headers: { prefer: 'wait=20', ...headers } },
    );
  const content = async ({ links }: Export, headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + links.content, {
      headers: { authorization: `Bearer ${told.shop.auditor.token}`, ...headers },
    });
    return { response, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const exported = async (body: object) => {
    const { status, body: done, text } = await start(body);
    if (status !== 201) throw new Error(text);
    const { response, bytes } = await content(done);
    expect(sha256(bytes)).toBe(done.manifest.sha256);
    expect(bytes.length).toBe(done.manifest.bytes);
    return { done, response, bytes };
  };

  it('as NDJSON are the population itself, and its hash is theirs', async () => {
    const { done, response, bytes } = await exported({ format: 'ndjson', asOf: String(told.last) });
    expect(
      bytes
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
    ).toEqual(all);
    expect(done.manifest).toMatchObject({ rows: all.length, population: { count: all.length, hash: sha256(bytes) } });
    const page = await told.shop.auditor.get(`/v1/changes?populationHash=true&limit=1&asOf=${told.last}`);
    expect(page.body).toMatchObject({ population: done.manifest.population });
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${done.manifest.file}"`);
    const manifest = await told.shop.auditor.get(done.links.manifest);
    expect(manifest.text).toBe(`${sha256(bytes)}  ${done.manifest.file}\n`);
  });

  it('are an event before they are handed out, in the name of who asked', async () => {
    const { done } = await exported({ format: 'csv', environment: ['dev'], note: 'for the file', order: 'desc' });
    const { body } = await told.shop.auditor.get(`/v1/events/${done.event.eventId}`);
    expect(body).toMatchObject({
      type: 'EvidenceExported.v1',
      actor: expect.stringMatching(/^auditor-/),
      data: {
        id: done.id,
        format: 'csv',
        query: { environment: ['dev'], order: ['desc'] },
        digest: done.manifest.sha256,
      },
      remarks: { reason: 'for the file' },
    });
    const list = await told.shop.auditor.get<Listed>(`/v1/exports?minPosition=${done.event.position}`);
    expect(list.body.items[0]).toMatchObject({ ...done.event, kind: 'export', facts: { id: done.id, format: 'csv' } });
  });

  it('are listed in pages at one position, and only by what a list takes', async () => {
    const { done: first } = await exported({ format: 'ndjson', environment: ['nowhere'] });
    const { done: second } = await exported({ format: 'csv', environment: ['nowhere'] });
    const page = await told.shop.auditor.get<Listed>(`/v1/exports?limit=1&asOf=${second.event.position}`);
    expect(page.body).toMatchObject({ position: second.event.position, count: 1, rowsHash: expect.any(String) });
    const next = await told.shop.auditor.get<Listed>(
      `/v1/exports?limit=1&asOf=${second.event.position}&cursor=${page.body.next}`,
    );
    expect([page, next].map(({ body }) => body.items[0]?.facts.id)).toEqual([second.id, first.id]);
    expect((await told.shop.auditor.get('/v1/exports?nonsense=1')).status).toBe(400);
  });

  it('give the same bytes for the same query at the same position', async () => {
    for (const format of ['ndjson', 'csv', 'xlsx', 'pdf']) {
      const body = { format, asOf: String(told.last), environment: ['staging'], order: 'desc' };
      const [first, second] = [await exported(body), await exported(body)];
      expect(second.done.id).not.toBe(first.done.id);
      expect([format, second.done.manifest.sha256]).toEqual([format, first.done.manifest.sha256]);
    }
  });

  it('as CSV hold every row, and nothing that calculates or hides', async () => {
    const { bytes } = await exported({ format: 'csv', asOf: String(told.last) });
    const text = bytes.toString();
    expect(text.startsWith('\uFEFFabout,actor,changeId')).toBe(true);
    const [head = [], ...rows] = parseCsv(text.slice(1));
    expect(rows).toHaveLength(all.length);
    rows.forEach((cells, index) => {
      const row = all[index] ?? {};
      const shown = Object.fromEntries(head.map((name, at) => [name, cells[at] ?? '']));
      for (const name of ['changeId', 'digest', 'outcome', 'actor', 'firstPosition'])
        expect(shown[name]).toBe(String(row[name] ?? ''));
    });
    const cells = rows.flat();
    expect(cells.filter((cell) => /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\u2212]/.test(cell))).toEqual([]);
    expect(cells.filter((cell) => /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(cell))).toEqual([]);
    expect(cells.some((cell) => cell.includes('⟨U+202E⟩'))).toBe(true);
    expect(cells.some((cell) => cell.length > 1_990)).toBe(true);
  });

  it('as a workbook are opened by another reader, with numbers, times and texts and no formula', async () => {
    const { bytes } = await exported({ format: 'xlsx', asOf: String(told.last) });
    const workbook = new exceljs.Workbook();
    await workbook.xlsx.load(bytes as unknown as exceljs.Buffer);
    const sheet = workbook.getWorksheet('Changes');
    expect(sheet?.rowCount).toBe(all.length + 1);
    const heads = (sheet?.getRow(1).values as string[]).slice(1);
    const column = (name: string) => heads.indexOf(name) + 1;
    all.forEach((row, index) => {
      const found = sheet?.getRow(index + 2);
      expect(found?.getCell(column('changeId')).value).toBe(row['changeId']);
      expect(found?.getCell(column('firstPosition')).value).toBe(row['firstPosition']);
      expect((found?.getCell(column('startedAt')).value as Date).toISOString()).toBe(row['startedAt']);
      found?.eachCell((cell) => expect(cell.type).not.toBe(exceljs.ValueType.Formula));
    });
    const notes = all.map((_, index) => sheet?.getRow(index + 2).getCell(column('note')).text);
    expect(notes).toEqual(expect.arrayContaining(['=1+1', '<script>alert(1)</script>&amp;', '⟨U+202E⟩txt.exe']));
  });

  it('as PDF are a document, with chosen fields, and not of too many', async () => {
    const { bytes, response } = await exported({ format: 'pdf', fields: ['note', 'ticket', 'outcome'] });
    expect(bytes.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(response.headers.get('content-type')).toBe('application/pdf');
    for (const fields of [Object.keys(all[0] ?? {}), [...CHANGE_FIELDS]]) {
      const tooMany = await start({ format: 'pdf', fields });
      expect([tooMany.status, tooMany.text]).toEqual([400, expect.stringContaining('at most 12 fields')]);
    }
    const { done } = await exported({ format: 'pdf' });
    const { body } = await told.shop.auditor.get(`/v1/events/${done.event.eventId}`);
    expect([done.manifest, body]).toMatchObject([{ fields: PDF_FIELDS }, { data: { query: { fields: PDF_FIELDS } } }]);
  });

  it('hold the fields and rows that are asked for, in their order', async () => {
    const { bytes } = await exported({ format: 'ndjson', outcome: ['refused'], fields: 'reason,note', order: 'desc' });
    const rows = bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    const expected = all.filter(({ outcome }) => outcome === 'refused').reverse();
    expect(rows.map(({ changeId }) => changeId)).toEqual(expected.map(({ changeId }) => changeId));
    expect(Object.keys(rows[0] ?? {})).toEqual(['changeId', 'note', 'reason']);
    const nothing = await exported({ format: 'ndjson', environment: ['nowhere'] });
    expect([nothing.bytes.length, nothing.done.manifest.population.count]).toEqual([0, 0]);
  });

  it('go on where a download broke off', async () => {
    const { done, bytes } = await exported({ format: 'ndjson' });
    const etag = `"${done.manifest.sha256}"`;
    const broken = await firstBytes(done.links.content, 3_000);
    expect(bytes.subarray(0, broken.length).equals(broken)).toBe(true);
    const rest = await content(done, { range: `bytes=${broken.length}-`, 'if-range': etag });
    expect([rest.response.status, rest.response.headers.get('content-range')]).toEqual([
      206,
      `bytes ${broken.length}-${bytes.length - 1}/${bytes.length}`,
    ]);
    expect(sha256(Buffer.concat([broken, rest.bytes]))).toBe(done.manifest.sha256);
    const part = async (range: string, headers = {}) => {
      const got = await content(done, { range, ...headers });
      return [got.response.status, got.bytes.length];
    };
    expect(await part('bytes=0-9')).toEqual([206, 10]);
    expect(await part('bytes=-5')).toEqual([206, 5]);
    expect(await part(`bytes=${bytes.length - 2}-${bytes.length + 99}`)).toEqual([206, 2]);
    expect(await part('bytes=0-1,4-5')).toEqual([200, bytes.length]);
    expect(await part('bytes=9-0')).toEqual([200, bytes.length]);
    expect(await part('bytes=5-', { 'if-range': '"another"' })).toEqual([200, bytes.length]);
    for (const known of [etag, '*', `"another", W/${etag}`])
      expect(await part('bytes=0-', { 'if-none-match': known })).toEqual([304, 0]);
    expect(await part('bytes=0-9', { 'if-none-match': `"${etag.slice(1, -2)}"` })).toEqual([206, 10]);
    const { response: beyond } = await content(done, { range: `bytes=${bytes.length}-` });
    const headers = ['content-range', 'etag', 'repr-digest', 'content-disposition', 'accept-ranges', 'cache-control'];
    expect([beyond.status, ...headers.map((name) => beyond.headers.get(name))]).toEqual([
      ...[416, `bytes */${bytes.length}`],
      ...[null, null, null, null, 'no-store'],
    ]);
    expect(beyond.headers.get('content-type')).toContain('application/problem+json');
  });

  /** A client that goes away in the middle. */
  function firstBytes(path: string, count: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      let received = Buffer.alloc(0);
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${told.shop.auditor.token}\r\n\r\n`),
      );
      socket.on('error', reject).on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        const body = received.indexOf('\r\n\r\n') + 4;
        if (received.length < body + count) return;
        socket.destroy();
        resolve(received.subarray(body, body + count));
      });
    });
  }

  it('are the same for the same key, and a problem for another request under it', async () => {
    const headers = { 'idempotency-key': 'export-1' };
    const first = await start({ format: 'ndjson', environment: ['dev'] }, headers);
    const second = await start({ format: 'ndjson', environment: 'dev' }, headers);
    expect([second.headers.get('idempotent-replayed'), second.body.id]).toEqual(['true', first.body.id]);
    expect((await start({ format: 'csv', environment: ['dev'] }, headers)).status).toBe(422);
    expect((await start({ format: 'ndjson', environment: ['dev'], asOf: '3' }, headers)).status).toBe(422);
    expect((await start({ format: 'ndjson', environment: ['dev'], note: 'another' }, headers)).status).toBe(422);
  });

  it('are not handed out once their file is damaged or lost, and are made again', async () => {
    const file = (id: string) => join(server.folder, 'exports', `${id}.ndjson`);
    const body = { format: 'ndjson', environment: ['dev'] };
    for (const [key, harm] of [
      ['cut', (id: string) => truncate(file(id), 10)],
      ['grown', (id: string) => appendFile(file(id), 'x')],
      ['lost', (id: string) => rm(file(id))],
    ] as const) {
      const headers = { 'idempotency-key': key };
      const { body: done } = await start(body, headers);
      await harm(done.id);
      expect((await content(done)).response.status).toBe(404);
      expect((await told.shop.auditor.get(done.links.self)).status).toBe(404);
      const { body: again } = await start(body, headers);
      expect([again.id, again.event, again.manifest]).toEqual([done.id, done.event, done.manifest]);
      expect(sha256((await content(again)).bytes)).toBe(done.manifest.sha256);
    }
  });

  it('answer 202 to who will not wait, and tell how far they are', async () => {
    const { status, body } = await start({ format: 'xlsx' }, { prefer: 'wait=0' });
    expect([status, ['waiting', 'running'].includes(body.status)]).toEqual([202, true]);
    expect([200, 409]).toContain(
      (await content({ ...body, links: { ...body.links, content: `${body.links.self}/content` } })).response.status,
    );
    for (;;) {
      const { body: now } = await told.shop.auditor.get<Export>(body.links.self);
      if (now.status === 'done') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  it.each([
    [{ format: 'doc' }, 'format'],
    [{ format: 'csv', what: 'events' }, 'what'],
    [{ format: 'csv', fields: 'nonsense' }, 'fields'],
    [{ format: 'csv', order: 'up' }, 'order'],
    [{ format: 'csv', size: 4 }, 'size'],
  ])('are not made for %j', async (body, field) => {
    const answer = await start(body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(`"field":"${field}"`)]);
  });

  it('are for auditors and admins, made and fetched', async () => {
    const { done } = await exported({ format: 'csv' });
    for (const api of [told.shop.pipeline, told.shop.approver]) {
      expect((await api.post('/v1/exports', { what: 'changes', format: 'csv' })).status).toBe(403);
      for (const path of ['/v1/exports', done.links.self, done.links.content, done.links.manifest]) {
        expect((await api.get(path)).status).toBe(403);
      }
    }
  });

  it('lie in files that only their owner can read, and nothing else does', async () => {
    const folder = join(server.folder, 'exports');
    for (const name of await readdir(folder)) {
      expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600]);
      expect(name).toMatch(/^[0-9a-f-]{36}\.(json|ndjson|csv|xlsx|pdf)$/);
    }
    expect(HOSTILE.length).toBeGreaterThan(10);
  });
});

describe('exports that are kept', () => {
  it('are bounded, and what was removed is made again with the same bytes under its key', async () => {
    const server = await startTestServer(undefined, { CAIRN_EXPORTS_MIB: '0' });
    try {
      const { last } = await tellPopulation(server, 6);
      const make = (key: string, body: object) => {
        const headers = { 'idempotency-key': key, prefer: 'wait=20' };
        const asked = { what: 'changes', minPosition: String(last), ...body };
        return server.admin.post<Export>('/v1/exports', asked, { headers });
      };
      const first = (await make('a', { format: 'csv', note: 'why' })).body;
      const second = (await make('b', { format: 'ndjson' })).body;
      expect((await server.admin.get(first.links.self)).status).toBe(404);
      const list = await server.admin.get<Listed>(`/v1/exports?minPosition=${second.event.position}`);
      expect(list.body.items.map(({ facts }) => facts.id)).toEqual([second.id, first.id]);
      expect((await server.admin.get(second.links.content)).status).toBe(200);
      const again = (await make('a', { format: 'csv', note: 'why' })).body;
      expect(again.manifest).toEqual(first.manifest);
      expect(again.event).toEqual(first.event);
      const makeC = (note: string) => make('c', { format: 'csv', note });
      const c = await makeC('why');
      await make('d', { format: 'csv' });
      expect((await server.admin.get(c.body.links.self)).status).toBe(404);
      expect([(await makeC('another')).status, (await make('c', { format: 'csv' })).status]).toEqual([422, 422]);
      expect([(await makeC('why')).status, (await make('c', { format: 'ndjson' })).status]).toEqual([201, 422]);
      const events = await server.admin.get<{ items: unknown[] }>('/v1/events?type=EvidenceExported.v1');
      expect(events.body.items).toHaveLength(4);
    } finally {
      await server.stop();
    }
  });
});

/** RFC 4180, by a reader of its own. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '' && rows.at(-1)?.length === 0) break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}
