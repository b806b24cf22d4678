import { describe } from '@jest/globals';
import { Client } from 'pg';

/** The PostgreSQL of this run of tests; undefined where there is none. */
const server = process.env['CAIRN_TEST_POSTGRES_URL'];
const missing = process.env['CAIRN_TEST_POSTGRES_MISSING'] ?? 'this run of tests has started none';

export type Describe = (name: string, tests: () => void) => void;

export interface FreshDatabase {
  readonly url: string;
  /** What somebody else would do with it. */
  query<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

/** `describe` where there is a PostgreSQL; elsewhere the tests are skipped, and a line says why. */
export const describeOnPostgres: Describe = server === undefined ? skipped() : describe;

function skipped(): Describe {
  process.stderr.write(`tests on PostgreSQL are skipped: ${missing}\n`);
  return describe.skip;
}

/** A database that nothing else uses. */
export async function freshDatabase(at = server): Promise<FreshDatabase> {
  if (at === undefined) throw new Error(missing);
  const name = `cairn_test_${process.env['CAIRN_TEST_RUN']}_${Math.random().toString(36).slice(2, 12)}`;
  await asked(at, `CREATE DATABASE ${name}`);
  const address = new URL(at);
  address.pathname = `/${name}`;
  const url = address.toString();
  return {
    url,
    query: (sql) => asked(url, sql),
    drop: async () => void (await asked(at, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function asked<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
