import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** A page of what was there at `position`; the pages after it stay what they were, whatever is recorded meanwhile. */
export interface Paging {
  readonly position: number;
  /** `next` of the page before. */
  readonly after?: number | string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

export interface Page<Row> {
  readonly rows: Row[];
  /** Where the next page goes on; absent after the last one. */
  readonly next?: number;
}

/** Values of one field, any of which will do; none at all asks nothing of the field. */
export type AnyOf = readonly string[] | undefined;

/** Keeps the rows whose every named property has one of its values. */
export function whereAnyOf<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  filters: Readonly<Partial<Record<keyof Row & string, AnyOf>>>,
): SelectQueryBuilder<Row> {
  for (const [property, values] of Object.entries(filters) as [string, AnyOf][]) {
    if (!values || values.length === 0) continue;
    const column = `${query.alias}.${property}`;
    // One value is asked for by `=`, with which an index also gives the order.
    if (values.length === 1) query.andWhere(`${column} = :${property}`, { [property]: values[0] });
    else query.andWhere(`${column} IN (:...${property})`, { [property]: values });
  }
  return query;
}

/** Reads the page in the order of `key`, a property that holds the position at which a row began. */
export async function readPage<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  key: keyof Row & string,
  { position, after, limit, order }: Paging,
): Promise<Page<Row>> {
  const column = `${query.alias}.${key}`;
  query.andWhere(`${column} <= :pagePosition`, { pagePosition: position });
  if (after !== undefined)
    query.andWhere(`${column} ${order === 'asc' ? '>' : '<'} :pageAfter`, { pageAfter: Number(after) });
  const found = await query
    .orderBy(column, order === 'asc' ? 'ASC' : 'DESC')
    .limit(limit + 1)
    .getMany();
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return found.length > limit && last ? { rows, next: last[key] } : { rows };
}

/** What is `null` in a row is absent in an answer. */
export type Answer<Row> = {
  [Key in keyof Row as null extends Row[Key] ? never : Key]: Row[Key];
} & { [Key in keyof Row as null extends Row[Key] ? Key : never]?: NonNullable<Row[Key]> };

export function answerOf<Row extends object>(row: Row): Answer<Row> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Answer<Row>;
}
