import build from '../../tools/build.js';
import { startPostgres } from './postgres-process.js';

/**
 * Compiles the sources, since worker threads run compiled code only, and meanwhile starts the PostgreSQL of this run
 * of tests, unless `CAIRN_TEST_POSTGRES` names one. Test files find it in the environment.
 */
export default async function setUp() {
  process.env.CAIRN_TEST_RUN = `${process.pid}_${Date.now().toString(36)}`;
  const starting = process.env.CAIRN_TEST_POSTGRES ? undefined : startPostgres();
  starting?.catch(() => undefined);
  build();
  try {
    const postgres = await starting;
    globalThis.postgresOfRun = postgres;
    process.env.CAIRN_TEST_POSTGRES_URL = process.env.CAIRN_TEST_POSTGRES ?? postgres.url;
  } catch (error) {
    process.env.CAIRN_TEST_POSTGRES_MISSING = error.message;
  }
}
