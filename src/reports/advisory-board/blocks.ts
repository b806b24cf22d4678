import type { Block, Cell, Column, Counted, Table } from '../document/document.js';
import { COLUMN_TYPES } from './columns.js';

export const text = (said: string): Block => ({ kind: 'text', text: said });

export const notRecordedBlock = (what: string, needs: string): Block => ({ kind: 'not-recorded', what, needs });

/** Rows that a table shows at most; what it leaves out has a link. */
export const ROWS_MAX = 100;

interface TableOf<Row> {
  readonly id: string;
  readonly caption: string;
  /** Title → cell. */
  readonly columns: Readonly<Record<string, (row: Row) => Cell>>;
  readonly rows: readonly Row[];
  /** Where all rows are. Without it, all of them are shown. */
  readonly link?: string;
}

/** A table, or, where there is nothing to show, a sentence. */
export function tableBlock<Row>({ rows, ...rest }: TableOf<Row>, empty: string): Block {
  return rows.length === 0 ? text(empty) : { kind: 'table', table: tableOf({ rows, ...rest }) };
}

function tableOf<Row>({ id, caption, columns, rows, link }: TableOf<Row>): Table {
  const cells = Object.values(columns);
  const shown = link === undefined ? rows : rows.slice(0, ROWS_MAX);
  const more: Counted | undefined =
    link === undefined || rows.length <= ROWS_MAX ? undefined : { count: rows.length - ROWS_MAX, link };
  return {
    id,
    caption,
    columns: Object.keys(columns).map(columnOf),
    rows: shown.map((row) => cells.map((cell) => cell(row))),
    ...(more && { more }),
  };
}

const columnOf = (title: string): Column => ({ title, type: COLUMN_TYPES[title] ?? 'text' });

export const linked = (label: string, link: string): Cell => ({ text: label, link });
