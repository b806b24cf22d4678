import type { ProofLevel } from '../../domain/artifact/events.js';
import { strongest } from '../../domain/artifact/state.js';
import { In, LessThanOrEqual, type DataSource } from 'typeorm';
import { answerOf, readPage, whereAnyOf, type Answer, type AnyOf, type Page, type Paging } from '../paging.js';
import { Artifact, ArtifactAttestation, ArtifactRevocation, ArtifactRun } from './entity.js';

export interface Revocation {
  readonly at: string;
  readonly occurredAt: string;
  readonly severity: string;
  readonly reason?: string;
  readonly actor: string;
  readonly position: number;
}

/** A base, or a base of a base. What nobody baked is known by its digest only. */
export interface Ancestor {
  readonly digest: string;
  readonly component?: string;
  readonly version?: string;
  readonly revoked: boolean;
}

export type ArtifactSummary = Answer<Artifact>;

export type ArtifactDetails = ArtifactSummary & {
  readonly revoked?: Revocation;
  /** The strongest of all its bakes. */
  readonly proof: ProofLevel;
  /** Oldest first. */
  readonly attestations: readonly Answer<ArtifactAttestation>[];
  /** Every bake of the same bytes, oldest first. */
  readonly runs: readonly Answer<ArtifactRun>[];
  /** What it was built on, nearest first. */
  readonly lineage: readonly Ancestor[];
  /** How many artifacts were built directly on it. */
  readonly builtOnIt: number;
};

export interface ArtifactFilter {
  readonly component?: AnyOf;
  readonly commit?: AnyOf;
  readonly pipeline?: AnyOf;
  readonly base?: AnyOf;
  readonly version?: AnyOf;
  /** Of the source: `refs/tags/v1.2.0`. */
  readonly ref?: AnyOf;
  readonly repository?: AnyOf;
}

/** A chain of bases is followed so far, and that many runs and attestations of one digest are answered. */
const MOST_ANCESTORS = 64;
const MOST_FACTS = 1_000;

export class ArtifactQueries {
  constructor(private readonly source: DataSource) {}

  /** What the ledger knew of the digest at the position; nothing if no pipeline had baked it by then. */
  async get(digest: string, position: number): Promise<ArtifactDetails | undefined> {
    const artifact = await this.#baked(digest, position);
    if (!artifact) return undefined;
    const { manager } = this.source;
    const facts = {
      where: { digest, position: LessThanOrEqual(position) },
      order: { position: 'ASC' },
      take: MOST_FACTS,
    } as const;
    const revoked = await this.revocation(digest, position);
    const runs = await manager.find(ArtifactRun, facts);
    return {
      ...answerOf(artifact),
      proof: runs.map(({ proof }) => proof).reduce(strongest, 'token'),
      ...(revoked && { revoked }),
      attestations: (await manager.find(ArtifactAttestation, facts)).map(answerOf),
      runs: runs.map(answerOf),
      lineage: await this.#lineage(artifact, position),
      builtOnIt: await manager.countBy(Artifact, { base: digest, position: LessThanOrEqual(position) }),
    };
  }

  /** What the first bakes of these digests said, by digest; those that nobody had baked are left out. */
  async summaries(digests: readonly string[], position: number): Promise<Map<string, ArtifactSummary>> {
    const wanted = { digest: In([...new Set(digests)]), position: LessThanOrEqual(position) };
    const found = digests.length === 0 ? [] : await this.source.manager.findBy(Artifact, wanted);
    return new Map(found.map((artifact) => [artifact.digest, answerOf(artifact)]));
  }

  /** What was built directly on the digest, oldest first. */
  async builtOn(base: string, position: number, limit: number): Promise<ArtifactSummary[]> {
    const found = await this.source.manager.find(Artifact, {
      where: { base, position: LessThanOrEqual(position) },
      order: { position: 'ASC' },
      take: limit,
    });
    return found.map(answerOf);
  }

  /** Which of the digests had been revoked by the position. */
  async revokedAmong(digests: readonly string[], position: number): Promise<Set<string>> {
    if (digests.length === 0) return new Set();
    const rows = await this.source.manager.find(ArtifactRevocation, {
      where: { digest: In([...digests]), position: LessThanOrEqual(position) },
      select: { digest: true, position: true },
    });
    return new Set(rows.map(({ digest }) => digest));
  }

  async page({ commit, ref, repository, ...fields }: ArtifactFilter, paging: Paging): Promise<Page<ArtifactSummary>> {
    const query = this.source.manager.createQueryBuilder(Artifact, 'a');
    const { rows, ...rest } = await readPage(
      whereAnyOf(query, { ...fields, sourceCommit: commit, sourceRef: ref, sourceRepository: repository }),
      'position',
      paging,
    );
    return { ...rest, rows: rows.map(answerOf) };
  }

  /** The first revocation of the digest, which may be of one that no pipeline baked. */
  async revocation(digest: string, position: number): Promise<Revocation | undefined> {
    const row = await this.source.manager.findOne(ArtifactRevocation, {
      where: { digest, position: LessThanOrEqual(position) },
      order: { position: 'ASC' },
    });
    if (!row) return undefined;
    const { recordedAt: at, occurredAt, severity, reason, actor } = row;
    return { at, occurredAt, severity, actor, position: row.position, ...(reason !== null && { reason }) };
  }

  #baked(digest: string, position: number): Promise<Artifact | null> {
    return this.source.manager.findOneBy(Artifact, { digest, position: LessThanOrEqual(position) });
  }

  async #lineage({ digest, base }: Artifact, position: number): Promise<Ancestor[]> {
    const lineage: Ancestor[] = [];
    const seen = new Set([digest]);
    for (let next = base; next !== null && !seen.has(next) && lineage.length < MOST_ANCESTORS;) {
      seen.add(next);
      const ancestor = await this.#baked(next, position);
      lineage.push({
        digest: next,
        ...(ancestor && { component: ancestor.component, version: ancestor.version }),
        revoked: (await this.revocation(next, position)) !== undefined,
      });
      next = ancestor?.base ?? null;
    }
    return lineage;
  }
}
