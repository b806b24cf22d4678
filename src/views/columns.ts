import { Column, DefaultNamingStrategy, PrimaryColumn, type ColumnOptions } from 'typeorm';

/**
 * Positions and revisions. `bigint`, since a ledger may outgrow PostgreSQL's 32-bit `integer`; on SQLite it is an
 * integer like any other. A position stays far below 2^53, so that a number holds it, and PostgreSQL's driver is told
 * to hand over numbers; sums and the like it hands over as text, which is what {@link toNumber} is for.
 */
const position = {
  type: 'bigint',
  transformer: { from: (value: unknown) => (value === null ? null : Number(value)), to: (value: unknown) => value },
} satisfies ColumnOptions;

/** Bytes are compared, on PostgreSQL too; SQLite's migrations do not say so, since it never does otherwise. */
const text = { type: 'text', collation: 'C' } satisfies ColumnOptions;

export const KeyText = () => PrimaryColumn(text);
export const KeyPosition = () => PrimaryColumn(position);
export const Text = () => Column(text);
export const OptionalText = () => Column({ ...text, nullable: true });
export const Position = () => Column(position);
export const OptionalPosition = () => Column({ ...position, nullable: true });

/** A position as a raw query answers it: a number on SQLite, text on PostgreSQL. */
export const toNumber = (value: unknown): number => Number(value);

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `sincePosition` in an entity is `since_position` in its table, so that plain SQL needs no quotes. */
export class SnakeCaseNaming extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string | undefined, prefixes: string[]): string {
    return super.columnName(propertyName, customName ?? snakeCase(propertyName), prefixes);
  }
}
