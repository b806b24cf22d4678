import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { generateSigningKey, parseSigningKey } from '../../../src/ledger/note/keys.js';
import { eventually } from '../../support/eventually.js';
import { bakeOf, digestOf, promotionOf, setUpShop, type Shop } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { verify } from './support/run.js';

const ORIGIN = 'shop.example/cairn';
const [first, second] = [generateSigningKey(ORIGIN), generateSigningKey(ORIGIN)];
/** A restart takes them as they are by then. */
const settings: Record<string, string> = {
  CAIRN_SEAL_INTERVAL_MS: '100',
  CAIRN_ORIGIN: ORIGIN,
  CAIRN_SIGNING_KEY: first,
};
const verifierKeyOf = (signingKey: string) => parseSigningKey(signingKey).verifier.text;

let server: TestServer;
let shop: Shop;
beforeAll(async () => {
  server = await startTestServer(undefined, settings);
  shop = await setUpShop(server);
});
afterAll(() => server.stop());

const bake = (name: string) => shop.pipeline.post('/v1/artifacts', bakeOf(digestOf(name)));

/** What a file of a folder says, read beside the server. */
function read<Row>(folder: string, file: string, sql: string): Row {
  const db = new Database(join(folder, file), { readonly: true });
  try {
    return db.prepare(sql).get() as Row;
  } finally {
    db.close();
  }
}

const sealed = () =>
  read<{ size: number }>(server.folder, 'seals.db', 'SELECT ifnull(max(size), 0) AS size FROM checkpoints').size;
const written = () => read<{ size: number }>(server.folder, 'ledger.db', 'SELECT count(*) AS size FROM events').size;

it('finds what a server writes fine while it writes, and all of it sealed once it rests', async () => {
  let isDone = false;
  const writing = (async () => {
    for (let batch = 0; !isDone || written() < 300; batch++) {
      const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => bake(`artifact ${batch} ${index}`)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    }
  })();
  for (let run = 0; run < 3; run++) expect(await verify(server.folder)).toMatchObject({ code: 0 });
  isDone = true;
  await writing;
  await eventually(() => sealed() === written());
  const { code, output } = await verify(server.folder);
  expect(output).toContain(`events: ${written()}, of which ${written()} are sealed and 0 are not sealed yet`);
  expect(code).toBe(0);
});

it('follows the server from one key to the next', async () => {
  Object.assign(settings, { CAIRN_SIGNING_KEY: second, CAIRN_SIGNING_KEY_PREVIOUS: first });
  server = await server.restart();
  const pipeline = server.api(shop.pipeline.token);
  expect((await pipeline.post('/v1/artifacts', bakeOf(digestOf('by the second key')))).status).toBe(201);
  await eventually(() => sealed() === written());
  for (const key of [first, second]) {
    const { code, output } = await verify(server.folder, '--key', verifierKeyOf(key));
    expect(output).toContain('leads to key 1, which signed');
    expect(code).toBe(0);
  }
  const { code } = await verify(server.folder, '--key', verifierKeyOf(generateSigningKey(ORIGIN)));
  expect(code).toBe(1);
});

it('finds the packages of a server fine, with all shown and with something kept back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-verifier-'));
  const file = join(folder, 'evidence.zip');
  const auditor = server.api(shop.auditor.token);
  const pipeline = server.api(shop.pipeline.token);
  const promotion = promotionOf(digestOf('by the second key'));
  expect((await pipeline.post('/v1/environments/dev/promotions', promotion)).status).toBe(201);
  for (const [more, expected] of [
    [{}, /; [1-9]\d* disclosed, 0 with/],
    [{ withhold: ['remarks', 'meta'] }, /; 0 disclosed, [1-9]\d* with/],
    [{ completeness: 'range' }, /; [1-9]\d* disclosed, [1-9]\d* with/],
  ] as const) {
    const asked = { environment: ['dev'], ...more };
    const { status, text, body } = await auditor.post<{ links: { content: string } }>('/v1/evidence', asked, {
      headers: { prefer: 'wait=20' },
    });
    expect([status, status === 201 ? '' : text]).toEqual([201, '']);
    const headers = { authorization: `Bearer ${shop.auditor.token}` };
    const answer = await fetch(server.url + body.links.content, { headers });
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    const { code, output } = await verify(file, '--key', verifierKeyOf(first));
    expect(output).toContain('leads to key 1, which signed');
    expect(output).toMatch(expected);
    expect(code).toBe(0);
  }
  await rm(folder, { recursive: true });
});

it('names the event of a server that was changed under it', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'cairn-verifier-'));
  for (const file of await readdir(server.folder)) {
    if (/^(ledger|tree|seals)\.db/.test(file)) await copyFile(join(server.folder, file), join(copy, file));
  }
  const db = new Database(join(copy, 'ledger.db'));
  for (const trigger of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER ${String(trigger)}`);
  }
  db.exec(`UPDATE events SET actor = 'somebody' WHERE position = 17`);
  db.close();
  const { hex } = read<{ hex: string }>(
    copy,
    'ledger.db',
    'SELECT lower(hex(id)) AS hex FROM events WHERE position = 17',
  );
  const { code, verdict } = await verify(copy);
  expect(verdict.replaceAll('-', '')).toContain(`WRONG: the event at position 17 (${hex}) is not what was sealed`);
  expect(code).toBe(1);
  await rm(copy, { recursive: true });
});
