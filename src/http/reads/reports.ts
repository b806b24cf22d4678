import { Inject, Injectable } from '@nestjs/common';
import { eventIdFor } from '../../commands/event-id.js';
import type { EventReader } from '../../event-store/port.js';
import { DEFINITIONS_VERSION } from '../../reports/advisory-board/definitions.js';
import type { FigureAsked, FigurePage } from '../../reports/advisory-board/figures.js';
import type { ReportFile } from '../../reports/advisory-board/jobs.js';
import { periodBefore } from '../../reports/advisory-board/period.js';
import type { ReportAddress } from '../../reports/document/document.js';
import type { Format } from '../../reports/formats.js';
import { WorkshopBusyError, type Workshop } from '../../reports/workshop/workshop.js';
import type { HandoutRow } from '../../views/handouts/queries.js';
import { Views } from '../../views/views.js';
import { EVENT_STORE, REPORTS_WORKSHOP } from '../injection.js';
import { invalidRequest } from '../input/read-dto.js';
import { normaliseTime } from '../input/time.js';
import { problem } from '../problems/problem.js';
import { Reads } from './reads.js';

/** What a caller says of the report that it wants. */
export interface ReportWanted {
  readonly environments: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly asOf?: string | undefined;
  readonly minPosition?: string | undefined;
  readonly definitions?: string | undefined;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PERIOD_DEFAULT_MS = 7 * DAY_MS;
const PERIOD_MAX_DAYS = 366;

/** Finds out which report is meant, and has it made in the reports' own thread. */
@Injectable()
export class Reports {
  constructor(
    private readonly reads: Reads,
    private readonly views: Views,
    @Inject(REPORTS_WORKSHOP) private readonly workshop: Workshop,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  /**
   * The address with everything that the caller left out. What is filled in follows from the position, so that the same
   * request at the same position means the same report.
   *
   * @throws HttpProblem for environments, periods, moments and definitions that there are not
   */
  async addressOf(wanted: ReportWanted): Promise<{ address: ReportAddress; isPinned: boolean }> {
    const definitions = definitionsOf(wanted.definitions);
    const { asOf, minPosition } = wanted;
    const moment = await this.reads.evidence({ ...(asOf && { asOf }), ...(minPosition && { minPosition }) });
    const { position } = moment;
    const recordedAt = await this.views.events.timeOf(position);
    if (recordedAt === undefined) throw problem('invalid-moment', 'The ledger is empty.');
    const period = periodOf(wanted, recordedAt);
    const environments = await this.environmentsOf(wanted.environments, position);
    const address = { report: 'advisory-board', environments, ...period, position, definitions } as const;
    return { address, isPinned: moment.isPinned && wanted.definitions !== undefined };
  }

  /** @throws HttpProblem `unavailable` where too many are being made */
  files(address: ReportAddress, formats: readonly Format[], signal: AbortSignal): Promise<ReportFile[]> {
    return this.workshop.run('advisory-board', { address, formats }, { signal }).catch(orBusy);
  }

  figure(asked: FigureAsked): Promise<FigurePage> {
    return this.workshop.run('advisory-board-figure', asked).catch(orBusy);
  }

  async issued(eventId: string): Promise<object | undefined> {
    const found = await this.views.handouts.get('report', eventId);
    return found && issuedReport(found);
  }

  /** Issued reports that have exactly this file, newest first. */
  async issuedWith(digest: string, position: number): Promise<object[]> {
    const found = await this.views.handouts.withDigest(digest, position);
    return found.filter(({ kind }) => kind === 'report').map(issuedReport);
  }

  /** The position of the report that this key has issued before: the same request means the same report again. */
  async earlierPosition(actor: string, key: string | undefined): Promise<string | undefined> {
    const earlier = key === undefined ? undefined : await this.events.findById(eventIdFor(actor, key));
    if (earlier?.type !== 'ReportIssued.v1') return undefined;
    return String((JSON.parse(earlier.data) as ReportAddress).position);
  }

  private async environmentsOf(wanted: readonly string[], position: number): Promise<string[]> {
    const known = await this.views.environments.list(position);
    const names =
      wanted.length > 0 ? wanted : known.filter(({ tier }) => tier === 'production').map(({ name }) => name);
    if (names.length === 0) {
      throw invalidRequest([{ field: 'environment', detail: 'must be given: none of tier production is defined' }]);
    }
    const unknown = names.find((name) => !known.some((environment) => environment.name === name));
    if (unknown !== undefined) {
      throw problem('not-found', `No environment ${unknown} was defined by position ${position}.`);
    }
    return [...new Set(names)].sort();
  }
}

/** A report that was issued, as it is told. */
export function issuedReport({ facts, eventId, position, actor, recordedAt, occurredAt }: HandoutRow): object {
  return { eventId, position, actor, recordedAt, occurredAt, ...facts };
}

function definitionsOf(text: string | undefined): number {
  if (text === undefined || Number(text) === DEFINITIONS_VERSION) return DEFINITIONS_VERSION;
  throw invalidRequest([{ field: 'definitions', detail: `must be ${DEFINITIONS_VERSION}: no other version is known` }]);
}

/** The default end is a full minute, past the position's own event, so that it counts and reads well. */
function periodOf({ from, to }: ReportWanted, recordedAt: string): { from: string; to: string } {
  const end = (to && normaliseTime(to)) || isoOf((Math.floor(Date.parse(recordedAt) / MINUTE_MS) + 1) * MINUTE_MS);
  const start = (from && normaliseTime(from)) || isoOf(Date.parse(end) - PERIOD_DEFAULT_MS);
  if (!isAskable(start) || !isAskable(end) || !isAskable(periodBefore({ from: start, to: end }).from)) {
    const detail = 'and the period of the same length before must be in the years 0000 to 9999';
    throw invalidRequest([{ field: 'from', detail }]);
  }
  if (start >= end) throw invalidRequest([{ field: 'from', detail: `must be before to, which is ${end}` }]);
  if (Date.parse(end) - Date.parse(start) > PERIOD_MAX_DAYS * DAY_MS) {
    throw invalidRequest([{ field: 'from', detail: `must be at most ${PERIOD_MAX_DAYS} days before to` }]);
  }
  return { from: start, to: end };
}

/** Times of other years are written with a sign, which RFC 3339 does not know. */
const isAskable = (time: string): boolean => normaliseTime(time) !== undefined;

const isoOf = (ms: number): string => new Date(ms).toISOString();

function orBusy(error: unknown): never {
  if (error instanceof WorkshopBusyError) throw problem('unavailable', error.message);
  throw error;
}
