import { In, type DataSource } from 'typeorm';
import { EventIndex } from '../../views/events/entity.js';
import type { ReportAddress } from '../document/document.js';
import { METRIC_IDS, type MetricId } from './definitions.js';
import type { Fact } from './facts.js';
import type { Item } from './figure.js';
import type { FigureId, FigurePart } from './figure-ids.js';
import { backDated } from './metrics/back-dated.js';
import { MEASURES } from './metrics/measures.js';
import { readPopulations } from './population.js';
import { readNeverPromoted } from './reading/never-promoted.js';
import type { Reading } from './report-data.js';
import { scopeOf, type ReportScope } from './scope.js';
import { completedIn } from './sections/completed-changes.js';

export interface FigureAsked {
  readonly address: ReportAddress;
  readonly figure: FigureId;
  readonly part: FigurePart;
  /** Only those with this reason. */
  readonly reason?: string;
  /** How many are skipped: those of the pages before. */
  readonly offset: number;
  readonly limit: number;
}

/** An event that a number counts or leaves out, and why. */
export interface FigureRow {
  readonly why: string;
  /** By the pipelines' clock. */
  readonly occurredAt: string;
  /** Of the event; absent for what is known by the change that made it live. */
  readonly position?: number;
  readonly eventId?: string;
  readonly changeId?: string;
  readonly incident?: string;
  readonly environment?: string;
  readonly service?: string;
  readonly component?: string;
  readonly version?: string;
  readonly digest?: string;
  /** The duration that was measured. */
  readonly seconds?: number;
  /** How many commands the change was: its start, its validation, its end. Their sum is what rates of commands divide by. */
  readonly commands?: number;
}

export interface FigurePage {
  readonly total: number;
  readonly rows: readonly FigureRow[];
}

/** The same code as the report's, so that a number and the list behind it cannot differ. */
export async function readFigure(asked: FigureAsked, reading: Reading): Promise<FigurePage> {
  const { address, figure, part, reason, offset, limit } = asked;
  const scope = await scopeOf(address, reading.views);
  const { counted, leftOut } = await itemsOf(figure, scope, reading);
  const all = part === 'counted' ? counted : leftOut;
  const items = reason === undefined ? all : all.filter(({ why }) => why === reason);
  const page = items.slice(offset, offset + limit);
  return { total: items.length, rows: await withEventIds(reading.source, page.map(rowOf)) };
}

interface Items {
  readonly counted: readonly Item[];
  readonly leftOut: readonly Item[];
}

async function itemsOf(figure: FigureId, scope: ReportScope, reading: Reading): Promise<Items> {
  if (figure === 'never-promoted') {
    const artifacts = await readNeverPromoted(reading.source, scope);
    return { counted: artifacts.map((of) => ({ of, why: 'never promoted' })), leftOut: [] };
  }
  const { current } = await readPopulations(scope, reading);
  if (isMetric(figure)) return MEASURES[figure](current);
  if (figure === 'back-dated') return backDated(current);
  const completed = completedIn(current).map(({ change, completion }) => ({ of: change, why: completion }));
  if (figure === 'completed-changes') return { counted: completed, leftOut: [] };
  const isTroubled = ({ why }: Item): boolean => why !== 'success';
  return { counted: completed.filter(isTroubled), leftOut: completed.filter((item) => !isTroubled(item)) };
}

const isMetric = (figure: FigureId): figure is MetricId => (METRIC_IDS as readonly string[]).includes(figure);

function rowOf({ of, why, seconds }: Item): FigureRow {
  const row = { why, ...describe(of), ...(seconds !== undefined && { seconds }) };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as unknown as FigureRow;
}

function describe(of: Fact): Record<string, unknown> {
  const { environment, service, position } = of;
  if (of.fact === 'incident') {
    return { occurredAt: of.startedAt, position, incident: of.id, changeId: of.changeId, environment, service };
  }
  const { changeId, component, version, digest } = of;
  const occurredAt = of.fact === 'change' ? of.occurredAt : of.at;
  const commands = of.fact === 'change' ? of.commands : null;
  return { occurredAt, position, changeId, environment, service, component, version, digest, commands };
}

async function withEventIds(source: DataSource, rows: readonly FigureRow[]): Promise<FigureRow[]> {
  const positions = rows.flatMap(({ position }) => position ?? []);
  const found = await source.manager.find(EventIndex, {
    select: { position: true, id: true },
    where: { position: In(positions) },
  });
  const ids = new Map(found.map(({ position, id }) => [position, id]));
  return rows.map((row) => {
    const eventId = row.position === undefined ? undefined : ids.get(row.position);
    return eventId === undefined ? row : { ...row, eventId };
  });
}
