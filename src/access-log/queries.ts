import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../views/paging.js';
import { AccessEntry } from './entity.js';

export type AccessRow = Answer<AccessEntry>;

export interface AccessFilter {
  readonly subject?: AnyOf;
  readonly role?: AnyOf;
  readonly method?: AnyOf;
  readonly route?: AnyOf;
  /** Beginnings of paths. */
  readonly path?: AnyOf;
  readonly status?: AnyOf;
  /** At or after this time. */
  readonly from?: string;
  /** Before this time. */
  readonly to?: string;
}

/** Without a position, the page is the first of a list and is read at the last entry there is. */
export type AccessPaging = Omit<Paging, 'position'> & { readonly position?: number | undefined };

export interface AccessPage extends Page<AccessRow> {
  /** The sequence that the list is read at. */
  readonly position: number;
}

/** No character of a path comes after it. */
const LAST_CHARACTER = '\u{10ffff}';

export class AccessQueries {
  constructor(private readonly source: DataSource) {}

  async page(filter: AccessFilter, paging: AccessPaging): Promise<AccessPage> {
    const position = paging.position ?? (await this.last())?.sequence ?? 0;
    const { path = [], from, to, ...fields } = filter;
    const query = whereAnyOf(this.source.manager.createQueryBuilder(AccessEntry, 'e'), fields);
    whereBeginsWith(query, path);
    if (!(await this.#within(query, { from, to }))) return { position, rows: [] };
    const { rows, ...rest } = await readPage(query, 'sequence', { ...paging, position });
    return { position, ...rest, rows: rows.map(answerOf) };
  }

  async last(): Promise<AccessEntry | undefined> {
    const [last] = await this.source.manager.find(AccessEntry, { order: { sequence: 'DESC' }, take: 1 });
    return last;
  }

  /**
   * A window of time is a stretch of the sequence, as times never go back along it: two seeks find its ends, and
   * whatever else is asked for needs no sorting. False when nothing is in it.
   */
  async #within(
    query: SelectQueryBuilder<AccessEntry>,
    { from, to }: { from: string | undefined; to: string | undefined },
  ): Promise<boolean> {
    if (from !== undefined) {
      const first = await this.#end('e.at >= :time', from, 'ASC');
      if (!first) return false;
      query.andWhere('e.sequence >= :first', { first: first.sequence });
    }
    if (to !== undefined) {
      const last = await this.#end('e.at < :time', to, 'DESC');
      if (!last) return false;
      query.andWhere('e.sequence <= :last', { last: last.sequence });
    }
    return true;
  }

  #end(condition: string, time: string, order: 'ASC' | 'DESC'): Promise<AccessEntry | null> {
    return this.source.manager
      .createQueryBuilder(AccessEntry, 'e')
      .where(condition, { time })
      .orderBy('e.at', order)
      .addOrderBy('e.sequence', order)
      .limit(1)
      .getOne();
  }
}

/** By a range of the index: what LIKE takes for wildcards are characters of a path like any other. */
function whereBeginsWith(query: SelectQueryBuilder<AccessEntry>, prefixes: readonly string[]): void {
  if (prefixes.length === 0) return;
  const ranges = prefixes.map((_, n) => `(e.path >= :prefix${n} AND e.path < :beyond${n})`);
  const ends = prefixes.flatMap((prefix, n) => [
    [`prefix${n}`, prefix],
    [`beyond${n}`, `${prefix}${LAST_CHARACTER}`],
  ]);
  query.andWhere(`(${ranges.join(' OR ')})`, Object.fromEntries(ends) as Record<string, string>);
}
