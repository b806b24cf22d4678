import type { DataSource } from 'typeorm';
import type { ExceptionRow } from '../../views/exceptions/queries.js';
import type { ViewQueries } from '../../views/queries.js';
import type { ReportAddress } from '../document/document.js';
import type { MetricId } from './definitions.js';
import type { ArtifactFact } from './facts.js';
import type { Figure } from './figure.js';
import { MEASURES } from './metrics/measures.js';
import { readPopulations, type Populations } from './population.js';
import { appendixOf, type Appendix } from './reading/appendix.js';
import { attestationsOf } from './reading/artifacts.js';
import { readNeverPromoted } from './reading/never-promoted.js';
import { readPending, type PendingChange } from './reading/pending.js';
import { readRevokedLive, readStages, type RevokedLive, type StageState } from './reading/stages.js';
import { scopeOf, type ReportScope } from './scope.js';

/** A metric in the period and in the one before. */
export interface Compared {
  readonly current: Figure;
  readonly previous: Figure;
}

/** Everything that the sections are written from. What they say of it is theirs; nothing is read after this. */
export interface ReportData {
  readonly address: ReportAddress;
  readonly scope: ReportScope;
  readonly populations: Populations;
  readonly figures: Readonly<Record<MetricId, Compared>>;
  readonly pending: readonly PendingChange[];
  /** Of the pending ones' digests: type of attestation → newest result. */
  readonly attestations: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly stages: readonly StageState[];
  readonly revokedLive: readonly RevokedLive[];
  readonly neverPromoted: readonly ArtifactFact[];
  /** Fences that were loosened in the period, oldest first; at most {@link FENCES_MAX}. */
  readonly loosened: readonly ExceptionRow[];
  readonly appendix: Appendix;
}

export interface Reading {
  readonly source: DataSource;
  readonly views: ViewQueries;
}

/** More loosened fences than these are not told one by one. */
const FENCES_MAX = 1_000;

/** Rows that the appendix lists. */
export const APPENDIX_ROWS_MAX = 500;

export async function readReportData(address: ReportAddress, reading: Reading): Promise<ReportData> {
  const { source, views } = reading;
  const scope = await scopeOf(address, views);
  const { position } = scope;
  const populations = await readPopulations(scope, reading);
  const pending = await readPending({ source, scope });
  const stages = await readStages(scope, reading);
  const names = new Set(scope.environments.map(({ name }) => name));
  const digests = pending.map(({ digest }) => digest);
  return {
    ...{ address, scope, populations, figures: measure(populations), pending, stages },
    attestations: await attestationsOf(source, digests, position),
    revokedLive: await readRevokedLive(stages, names, { source, position }),
    neverPromoted: await readNeverPromoted(source, scope),
    loosened: await views.exceptions.between(scope.period, position, FENCES_MAX),
    appendix: appendixOf(populations.rows, position, APPENDIX_ROWS_MAX),
  };
}

function measure({ current, previous }: Pick<Populations, 'current' | 'previous'>): Record<MetricId, Compared> {
  const entries = Object.entries(MEASURES).map(([id, of]) => [id, { current: of(current), previous: of(previous) }]);
  return Object.fromEntries(entries) as Record<MetricId, Compared>;
}
