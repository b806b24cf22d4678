import { Client } from 'pg';

/**
 * Ends the PostgreSQL of this run of tests, or removes from somebody else's what the run has left there. A run that is
 * killed before ends its own as well: see postgres-keeper.js.
 */
export default async function tearDown() {
  await globalThis.postgresOfRun?.close();
  if (process.env.CAIRN_TEST_POSTGRES) await removeDatabases(process.env.CAIRN_TEST_POSTGRES);
}

async function removeDatabases(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const ours = `cairn_test_${process.env.CAIRN_TEST_RUN}_`;
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [ours]);
  for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
  await client.end();
}
