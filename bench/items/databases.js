import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../../test/support/postgres-process.js';
import { openDatabases } from '../support/databases.js';
import { remove, temporaryFolder } from '../support/process.js';
import { median, ms } from '../support/stats.js';
import { timeOf } from '../support/workload.js';
import { questions } from './population.js';

/** What a reader waits for, whichever database answers. */
const TARGETS_MS = { page: 50, count: 500, state: 50, dossier: 100, trace: 50, search: 50, events: 50, report: 4_000 };

/** Every kind of read with the views in SQLite and in PostgreSQL: the same answers, and how long each takes. */
export async function databases({ quick, bigLedger }) {
  const { folder, lines } = await bigLedger();
  const own = temporaryFolder();
  mkdirSync(own, { recursive: true });
  const postgres = process.env.CAIRN_TEST_POSTGRES ? undefined : await startPostgres();
  const url = process.env.CAIRN_TEST_POSTGRES ?? postgres.url;
  try {
    const { all, close } = await openDatabases(`sqlite:${join(folder, 'ledger.db')}`, [
      `sqlite:${join(own, 'views.db')}`,
      url,
    ]);
    try {
      const results = [];
      for (const read of await readsOf(all[0], lines)) results.push(await ask(read, all, quick ? 5 : 11));
      show(results);
      return Object.entries(TARGETS_MS).map(([kind, target]) => slowest(results, kind, target));
    } finally {
      await close();
    }
  } finally {
    await postgres?.close();
    remove(own);
  }
}

async function readsOf({ views }, lines) {
  const [last] = (await views.events.page({}, { position: Number.MAX_SAFE_INTEGER, limit: 1, order: 'desc' })).rows;
  const head = last.position;
  const moments = { early: Math.floor(head / 20), middle: Math.floor(head / 2), late: head };
  const reads = [];
  const add = (kind, name, run) => reads.push({ kind, name, run });
  for (const [name, query] of Object.entries({ none: '', ...questions(lines) })) {
    const filter = filterOf(query);
    for (const [moment, position] of Object.entries(moments)) {
      const paging = { position, limit: 50, order: 'desc' };
      add('page', `${name}, ${moment}`, (from) => from.views.changes.page(filter, paging));
    }
    add('count', name, (from) => from.views.changes.count(filter, head));
  }
  for (const [moment, position] of Object.entries(moments)) {
    add('state', `asOf, ${moment}`, (from) => from.views.knownGood.stateAt('production-a', { position }));
    const occurredBy = timeOf(position);
    const then = { position: head, occurredBy };
    add('state', `occurredBy, ${moment}`, (from) => from.views.knownGood.stateAt('production-a', then));
    const paging = { position, limit: 50, order: 'desc' };
    add('events', `all, ${moment}`, (from) => from.views.events.page({}, paging));
    const stream = { stream: ['environment-production-a'] };
    add('events', `of a stream, ${moment}`, (from) => from.views.events.page(stream, paging));
  }
  for (const outcome of ['succeeded', 'refused', 'rolled-back']) {
    const filter = { environment: ['production-a'], outcome: [outcome] };
    const { rows } = await views.changes.page(filter, { position: head, limit: 1, order: 'desc' });
    const [{ changeId, digest }] = rows;
    add('dossier', outcome, (from) => from.dossier(changeId, head));
    const commit = (await views.artifacts.get(digest, head))?.sourceCommit;
    if (commit) add('trace', outcome, (from) => from.trace(commit, head));
  }
  const bounds = { position: head, limit: 10 };
  for (const [column, prefix] of [
    ['version', '2.1'],
    ['digest', 'sha256:a'],
    ['source_commit', 'ab'],
  ]) {
    add('search', `artifacts by ${column}`, (from) => from.views.search.artifacts(column, [prefix], bounds));
  }
  for (const [column, prefix] of [
    ['ticket', 'CHG-1'],
    ['service', 'service-1'],
    ['change_id', '0'],
  ]) {
    add('search', `changes by ${column}`, (from) => from.views.search.changes(column, [prefix], bounds));
  }
  const period = { from: timeOf(lines - 90 * 2_880), to: timeOf(lines) };
  const address = { report: 'advisory-board', environments: ['production-a', 'production-b'], ...period };
  add('report', 'a quarter', (from) => from.report({ ...address, position: head, definitions: 1 }));
  return reads;
}

const SINGLE = new Set(['clock', 'on', 'from', 'to']);

function filterOf(query) {
  const filter = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (SINGLE.has(name)) filter[name] = value;
    else filter[name] = [...(filter[name] ?? []), value];
  }
  return filter;
}

/** Asked in turns, of which the first warms up and shows whether both say the same. */
async function ask({ kind, name, run }, both, rounds) {
  const times = both.map(() => []);
  const answers = [];
  const turns = kind === 'report' ? 3 : rounds;
  for (let round = 0; round <= turns; round++) {
    for (const [index, from] of both.entries()) {
      const startedAt = performance.now();
      const answer = await run(from);
      if (round > 0) times[index].push(performance.now() - startedAt);
      else answers.push(JSON.stringify(answer));
    }
  }
  if (answers[0] !== answers[1]) throw new Error(`${kind} ${name}: SQLite and PostgreSQL do not say the same`);
  const [sqlite, postgres] = times.map(median);
  return { kind, name, sqlite, postgres };
}

function show(results) {
  console.log('  the same answer of SQLite and of PostgreSQL');
  for (const { kind, name, sqlite, postgres } of results) {
    console.log(`  ${`${kind}: ${name}`.padEnd(46)} ${ms(sqlite).padStart(10)} ${ms(postgres).padStart(10)}`);
  }
}

function slowest(results, kind, target) {
  const own = results.filter((result) => result.kind === kind);
  const worst = own.reduce((a, b) => (b.postgres > a.postgres ? b : a));
  return {
    name: `the slowest ${kind} of ${own.length} with views in PostgreSQL (${worst.name}; in SQLite ${ms(worst.sqlite)})`,
    product: ms(worst.postgres),
    other: `${target} ms`,
    ratio: worst.postgres / target,
    bound: 'at-most',
    target: 1,
  };
}
