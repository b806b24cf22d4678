import { VARIETY } from './varied.js';

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url));

/**
 * The views of one ledger in several databases, opened for reading. Their populations of changes are given the same
 * variety, without the indexes, which are made afterwards.
 */
export async function openDatabases(ledger, urls) {
  const { openReadDatabase } = await dist('views/database.js');
  const { openEventReader } = await dist('adapters.js');
  for (const url of urls) await fill(ledger, url);
  const events = await openEventReader(ledger);
  const sources = await Promise.all(urls.map((url) => openReadDatabase(url)));
  return {
    all: await Promise.all(sources.map((source) => readsFrom(source, events))),
    close: async () => {
      for (const source of sources) await source.destroy();
      await events.close();
    },
  };
}

async function fill(ledger, url) {
  const { WriteDatabase } = await dist('views/database.js');
  const { rebuildViews } = await dist('views/rebuild.js');
  const { buildIndexes, dropIndexes } = await dist('views/indexes.js');
  const { PROJECTORS } = await dist('views/projectors.js');
  const startedAt = performance.now();
  await rebuildViews({ eventStore: ledger, database: url });
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`  views made in ${url.startsWith('sqlite:') ? 'SQLite' : 'PostgreSQL'} in ${seconds} s`);
  const database = await WriteDatabase.open(url);
  await dropIndexes(database, PROJECTORS);
  for (const statement of VARIETY) await database.run(statement);
  await buildIndexes(database, PROJECTORS);
  if (!url.startsWith('sqlite:')) await database.run('VACUUM ANALYZE');
  await database.close();
}

async function readsFrom(source, events) {
  const { ViewQueries } = await dist('views/queries.js');
  const { readDossier } = await dist('reports/dossier/dossier.js');
  const { traceCommit } = await dist('reports/trace/trace.js');
  const { buildReport } = await dist('reports/advisory-board/report.js');
  const views = new ViewQueries(source);
  return {
    views,
    dossier: (changeId, position) => readDossier(changeId, position, { views, events }),
    trace: (commit, position) => traceCommit(views, { commit }, position),
    report: (address) => buildReport(address, { source, views }),
  };
}
