import type { DataSource } from 'typeorm';
import type { ChangeFilter } from '../../views/changes/filter.js';
import type { ChangeRow } from '../../views/changes/row.js';
import { buildersOf, policyPositions, positionsOf, registrationPositions } from '../../views/events/positions.js';
import type { JobContext } from '../workshop/job.js';

/** Leaves of a package: more would only be asked for by mistake, and be checked by nobody. */
export const LEAVES_MAX = 100_000;

/** What evidence is asked of: changes by a filter, changes by their ids, or single events by theirs. */
export type Selection =
  | { readonly filter: ChangeFilter }
  | { readonly changeIds: readonly string[] }
  | { readonly eventIds: readonly string[] };

export interface EvidenceScope {
  readonly selection: Selection;
  /** Whether the leaf of every event between the first and the last is wanted. */
  readonly isRange: boolean;
  readonly position: number;
}

export interface Gathered {
  /** Of the events that are asked for, ascending. */
  readonly asked: readonly number[];
  /** Of a package. */
  readonly leaves: number;
  /** Ids that were asked for by name and are none of a change, or of an event, by the position. */
  readonly unknown: readonly string[];
}

/** More leaves than a package takes. */
export class TooMuchEvidenceError extends RangeError {
  override readonly name = 'TooMuchEvidenceError';
}

type Sources = Pick<JobContext, 'views' | 'events' | 'source'>;

/**
 * The events that tell of what is asked for, as the ledger knew it at the position. Of a change: its whole life, the
 * bakes, attestations and revocations of its digest, every policy of its environment so far, and the registrations of
 * the pipelines that asked and built.
 *
 * @throws TooMuchEvidenceError for more than {@link LEAVES_MAX} leaves
 */
export async function gatherEvidence(scope: EvidenceScope, sources: Sources): Promise<Gathered> {
  const { selection, isRange, position } = scope;
  const unknown: string[] = [];
  const found =
    'eventIds' in selection
      ? await positionsOfIds(selection.eventIds, { position, unknown }, sources)
      : await positionsOfChanges(changesOf(selection, { position, unknown }, sources), position, sources.source);
  const asked = [...found].sort((a, b) => a - b);
  const [first = 0, last = -1] = [asked[0], asked.at(-1)];
  const leaves = isRange ? last - first + 1 : asked.length;
  if (leaves > LEAVES_MAX) throw tooMuch();
  return { asked, leaves, unknown };
}

interface Looking {
  readonly position: number;
  /** Takes what is not found. */
  readonly unknown: string[];
}

async function positionsOfIds(
  ids: readonly string[],
  { position, unknown }: Looking,
  { events }: Sources,
): Promise<Set<number>> {
  const found = new Set<number>();
  for (const id of ids) {
    const event = await events.findById(id);
    if (event && event.position <= position) found.add(event.position);
    else unknown.push(id);
  }
  return found;
}

async function* changesOf(
  selection: Exclude<Selection, { readonly eventIds: unknown }>,
  { position, unknown }: Looking,
  { views }: Sources,
): AsyncGenerator<readonly ChangeRow[]> {
  if ('filter' in selection) {
    yield* views.changes.all(selection.filter, position);
    return;
  }
  for (const changeId of selection.changeIds) {
    const row = await views.changes.get(changeId, position);
    if (row) yield [row];
    else unknown.push(changeId);
  }
}

async function positionsOfChanges(
  chunks: AsyncIterable<readonly ChangeRow[]>,
  position: number,
  source: DataSource,
): Promise<Set<number>> {
  const found = new Set<number>();
  const environments = new Set<string>();
  const pipelines = new Set<string>();
  const add = (positions: readonly number[]): void => {
    for (const one of positions) found.add(one);
    if (found.size > LEAVES_MAX) throw tooMuch();
  };
  for await (const rows of chunks) {
    const digests = named(rows.map(({ digest }) => digest));
    // A refusal about a change is indexed under that change, and its own row names its place.
    add(rows.flatMap(({ firstPosition, lastPosition }) => [firstPosition, lastPosition]));
    add(await positionsOf(source, { changeIds: rows.map(({ changeId }) => changeId), digests }, position));
    for (const { environment, pipeline } of rows) {
      if (environment !== undefined) environments.add(environment);
      if (pipeline !== undefined) pipelines.add(pipeline);
    }
    for (const builder of await buildersOf(source, digests, position)) pipelines.add(builder);
  }
  add(await policyPositions(source, [...environments], position));
  add(await registrationPositions(source, [...pipelines], position));
  return found;
}

const named = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];

const tooMuch = (): TooMuchEvidenceError =>
  new TooMuchEvidenceError(`A package takes at most ${LEAVES_MAX.toLocaleString('en-US')} leaves`);
