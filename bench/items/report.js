import { join } from 'node:path';
import Database from 'better-sqlite3';
import { startProduct } from '../support/process.js';
import { median, ms } from '../support/stats.js';
import { timeOf } from '../support/workload.js';

const QUARTER_LINES = (90 * 86_400) / 30;
const TARGET_MS = 2_000;
const PRODUCTION = ['production-a', 'production-b'];

/** The advisory board's report of the ledger's last quarter, against its target and the bare read of the same rows. */
export async function report({ quick, bigLedger }) {
  const { folder, lines } = await bigLedger();
  const period = { from: timeOf(lines - QUARTER_LINES), to: timeOf(lines) };
  const before = timeOf(lines - 2 * QUARTER_LINES);
  const server = await startProduct(folder);
  const taken = { json: [], html: [], bare: [] };
  try {
    const { position } = JSON.parse((await server.get('/v1/environments')).text);
    // The first round starts the thread that makes reports, and warms up.
    for (let round = 0; round <= (quick ? 3 : 5); round++) {
      for (const format of ['json', 'html']) {
        const tookMs = await ask(server, { ...period, position, format });
        if (round > 0) taken[format].push(tookMs);
      }
      const tookMs = readBare(join(folder, 'views.db'), { ...period, before });
      if (round > 0) taken.bare.push(tookMs);
    }
  } finally {
    await server.stop();
  }
  const size = lines.toLocaleString('en');
  const bare = median(taken.bare);
  return ['json', 'html'].flatMap((format) => {
    const product = median(taken[format]);
    const common = { product: ms(product), bound: 'at-most' };
    const name = `a quarter's report of ${size} events as ${format}`;
    return [
      { ...common, name, other: `${TARGET_MS} ms`, ratio: product / TARGET_MS, target: 1 },
      { ...common, name: `${name}, to its rows`, other: `${ms(bare)} bare`, ratio: product / bare, target: 5 },
    ];
  });
}

async function ask(server, { from, to, position, format }) {
  const query = new URLSearchParams({ from, to, asOf: position, format });
  for (const environment of PRODUCTION) query.append('environment', environment);
  const startedAt = performance.now();
  const { status, text } = await server.get(`/v1/reports/advisory-board?${query}`);
  const tookMs = performance.now() - startedAt;
  if (status !== 200) throw new Error(`the report answered ${status}: ${text.slice(0, 500)}`);
  return tookMs;
}

/** The changes of both periods with their artifacts, the population of the later one, and nothing done with them. */
function readBare(file, { before, from, to }) {
  const database = new Database(file, { readonly: true });
  const places = PRODUCTION.map(() => '?').join(', ');
  const changes = database.prepare(
    `SELECT c.*, a.source_committed_at, a.baked_occurred_at FROM changes c LEFT JOIN artifacts a ON a.digest = c.digest
     WHERE c.finished_occurred_at >= ? AND c.finished_occurred_at < ? AND (c.environment || '') IN (${places})`,
  );
  const population = database.prepare(
    `SELECT * FROM changes WHERE started_occurred_at >= ? AND started_occurred_at < ?
     AND (environment || '') IN (${places}) ORDER BY first_position`,
  );
  const startedAt = performance.now();
  const rows = changes.all(before, to, ...PRODUCTION).length + population.all(from, to, ...PRODUCTION).length;
  const tookMs = performance.now() - startedAt;
  database.close();
  if (rows === 0) throw new Error('the bare read found nothing');
  return tookMs;
}
