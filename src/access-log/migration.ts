import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const TABLE = 'access_entries';
const USES = 'token_uses';

const text = (name: string): TableColumnOptions => ({ name, type: 'text' });
const whole = (name: string): TableColumnOptions => ({ name, type: 'integer' });
const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true });

const COLUMNS: TableColumnOptions[] = [
  { ...whole('sequence'), isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
  text('at'),
  ...['subject', 'role', 'token_id', 'pipeline'].map((name) => optional(text(name))),
  text('method'),
  optional(text('route')),
  text('path'),
  whole('status'),
  ...['position', 'bytes'].map((name) => optional(whole(name))),
  whole('duration_ms'),
  ...['user_agent', 'remote_address'].map((name) => optional(text(name))),
];

const INDEXES = {
  time: 'at',
  subject: 'subject',
  role: 'role',
  method: 'method',
  route: 'route',
  path: 'path',
  status: 'status',
};

/** The access log as it was first released. */
export class FirstAccessLog1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const indices = Object.entries(INDEXES).map(
      ([name, column]) => new TableIndex({ name: `${TABLE}_by_${name}`, columnNames: [column] }),
    );
    await runner.createTable(new Table({ name: TABLE, columns: COLUMNS, indices }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(TABLE);
  }
}

/** When each token was used last. */
export class TokenUses1805000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = [{ ...text('token_id'), isPrimary: true }, whole('used_at_ms')];
    await runner.createTable(new Table({ name: USES, columns, withoutRowid: true }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(USES);
  }
}
