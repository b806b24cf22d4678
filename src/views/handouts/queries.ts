import { LessThanOrEqual, type DataSource } from 'typeorm';
import { readPage, whereAnyOf, type AnyOf, type Page, type Paging } from '../paging.js';
import { Handout, HandoutDigest, type HandoutKind } from './entity.js';

export type HandoutRow = Omit<Handout, 'facts'> & { readonly facts: Readonly<Record<string, unknown>> };

export interface HandoutFilter {
  readonly kind?: AnyOf;
  readonly actor?: AnyOf;
}

export class HandoutQueries {
  constructor(private readonly source: DataSource) {}

  async get(kind: HandoutKind, eventId: string): Promise<HandoutRow | undefined> {
    const row = await this.source.manager.findOneBy(Handout, { kind, eventId });
    return row ? decoded(row) : undefined;
  }

  async page(filter: HandoutFilter, paging: Paging): Promise<Page<HandoutRow>> {
    const query = whereAnyOf(this.source.manager.createQueryBuilder(Handout, 'h'), { ...filter });
    const { rows, ...rest } = await readPage(query, 'position', paging);
    return { ...rest, rows: rows.map(decoded) };
  }

  /** What was handed out with exactly this file; newest first. */
  async withDigest(digest: string, position: number): Promise<HandoutRow[]> {
    const { manager } = this.source;
    const found = await manager.find(HandoutDigest, {
      where: { digest, position: LessThanOrEqual(position) },
      order: { position: 'DESC' },
      take: 100,
    });
    const rows = await Promise.all(found.map((row) => manager.findOneBy(Handout, { position: row.position })));
    return rows.flatMap((row) => (row ? [decoded(row)] : []));
  }
}

const decoded = ({ facts, ...row }: Handout): HandoutRow => ({
  ...row,
  facts: JSON.parse(facts) as Record<string, unknown>,
});
