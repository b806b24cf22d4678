/** Ends the PostgreSQL of this run of tests. A run that is killed before ends it as well: see postgres-keeper.js. */
export default async function tearDown() {
  await globalThis.postgresOfRun?.close();
}
