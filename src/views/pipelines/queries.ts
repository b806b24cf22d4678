import type { SignerIdentity } from '../../domain/artifact/events.js';
import type { OidcBinding, PipelineKey } from '../../domain/pipeline/events.js';
import { LessThanOrEqual, type DataSource } from 'typeorm';
import { compareCodeUnits } from '../order.js';
import { PipelineRegistrationRow } from './entity.js';

export interface PipelineRow {
  readonly id: string;
  readonly name: string;
  readonly mayBake: readonly string[];
  /** Besides what it may bake. */
  readonly mayAttest?: readonly string[];
  readonly mayPromoteTo: readonly string[];
  readonly identities: readonly SignerIdentity[];
  /** Whose tokens it may come in with. */
  readonly oidc?: OidcBinding;
  /** Those that were not revoked. */
  readonly keys: readonly PipelineKey[];
  readonly status: 'active' | 'suspended';
  /** When it took on this status. */
  readonly since: string;
}

export class PipelineQueries {
  constructor(private readonly source: DataSource) {}

  /** All that were registered at the position, by id. */
  async list(position: number): Promise<PipelineRow[]> {
    const rows = await this.source.manager
      .createQueryBuilder(PipelineRegistrationRow, 'p')
      .where(
        (query) =>
          `p.position = ${query
            .subQuery()
            .select('MAX(n.position)')
            .from(PipelineRegistrationRow, 'n')
            .where('n.id = p.id AND n.position <= :position')
            .getQuery()}`,
        { position },
      )
      .getMany();
    return rows.map(pipelineOf).sort((left, right) => compareCodeUnits(left.id, right.id));
  }

  async get(id: string, position: number): Promise<PipelineRow | undefined> {
    const row = await this.source.manager.findOne(PipelineRegistrationRow, {
      where: { id, position: LessThanOrEqual(position) },
      order: { position: 'DESC' },
    });
    return row ? pipelineOf(row) : undefined;
  }
}

const pipelineOf = (row: PipelineRegistrationRow): PipelineRow => ({
  ...{ id: row.id, name: row.name },
  ...{
    mayBake: JSON.parse(row.mayBake) as string[],
    ...(row.mayAttest !== null && { mayAttest: JSON.parse(row.mayAttest) as string[] }),
    mayPromoteTo: JSON.parse(row.mayPromoteTo) as string[],
  },
  ...{
    identities: JSON.parse(row.identities) as SignerIdentity[],
    ...(row.oidc !== null && { oidc: JSON.parse(row.oidc) as OidcBinding }),
    keys: JSON.parse(row.pipelineKeys) as PipelineKey[],
  },
  ...{ status: row.status, since: row.since },
});
