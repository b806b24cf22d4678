import { type EventData, jsonEvent, type Position } from '@eventstore/db-client';
import { MOVE_BATCH_EVENTS, type MoveState, type MoveTarget } from '../move.js';
import { StoreError, type RecordedEvent } from '../port.js';
import { Connection } from './connection.js';
import { Ledger, type PlacedLink } from './ledger.js';
import { Slots } from './locks.js';
import { markBegun, markFinished, moveMark } from './move-mark.js';
import { MoveScan } from './move-scan.js';
import { encodeLink, encodeRecord, isAfter } from './records.js';
import { idStream, isOneOf, LEDGER_STREAM } from './streams.js';

/** Below what a server allows on one connection (100). */
const ENTRIES_AT_ONCE = 48;
/** One append takes a mebibyte; a character of the texts is three bytes at most, and a text may be there twice. */
const RUN_CHARACTERS = 100_000;
/** Nobody waits for an answer here, and a leader that is elected anew takes a while. */
const PATIENCE_MS = 60_000;
const START = { commit: 0n, prepare: 0n };

/** Events of one stream that follow each other in the ledger too, so that one append takes them all. */
type Run = readonly [RecordedEvent, ...RecordedEvent[]];

/**
 * Writes a ledger that comes from elsewhere. Its events stand in `$all` in the order of their positions, one append
 * after the other, since projections on the server read them there. Entries of ids need no order and go beside them;
 * links come last, so that whatever has a link is whole, and the last link says how far it came.
 *
 * The events, their entries and the mark have ids that follow from the ledger: what an earlier run has written, or what
 * was not answered, is written again, and the server answers as the first time.
 */
export class KurrentDbMoveTarget implements MoveTarget {
  private readonly ledger: Ledger;
  private readonly slots = new Slots(ENTRIES_AT_ONCE);
  private last: PlacedLink | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly prefixes: readonly string[],
  ) {
    this.ledger = new Ledger(connection);
  }

  /** @throws StoreError when the URL is wrong. The server is not asked until something is. */
  static open(url: string, prefixes: readonly string[]): KurrentDbMoveTarget {
    return new KurrentDbMoveTarget(Connection.to(url, { patienceMs: PATIENCE_MS }), prefixes);
  }

  async state(): Promise<MoveState> {
    const mark = await moveMark(this.connection);
    this.last = await this.ledger.last();
    const head = this.last?.position ?? -1;
    if (mark !== 'none') return { status: mark, head };
    return { status: this.last ? 'occupied' : 'empty', head };
  }

  begin(): Promise<void> {
    return markBegun(this.connection);
  }

  async append(events: readonly RecordedEvent[]): Promise<void> {
    const first = (this.last?.position ?? -1) + 1;
    if (events.length > MOVE_BATCH_EVENTS || events.some(({ position }, index) => position !== first + index)) {
      throw new RangeError(`Not the next events from position ${first} on`);
    }
    for (const event of events) this.check(event);
    const [positions] = await Promise.all([this.writeEvents(events), this.writeEntries(events)]);
    await this.writeLinks(events, positions);
  }

  readAll(fromPosition: number, limit: number): Promise<RecordedEvent[]> {
    return this.ledger.readAll(fromPosition, limit);
  }

  findStranger(last: RecordedEvent, onSeen: () => void, signal: AbortSignal): Promise<string | undefined> {
    return new MoveScan(this.connection, this.ledger, this.prefixes).findStranger(last, onSeen, signal);
  }

  finish(): Promise<void> {
    return markFinished(this.connection);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private check({ id, stream, position, remarks, remarksHash }: RecordedEvent): void {
    const name = `Event ${id} at position ${position}`;
    if (!isOneOf(stream, this.prefixes)) {
      throw new StoreError('corrupt', `${name} is in ${stream}, which is not the name of a stream of Cairn`);
    }
    if (remarks === null && remarksHash === undefined) {
      throw new StoreError('corrupt', `${name} has lost its remarks, and nothing records that they were erased`);
    }
  }

  /** Answers where in `$all` each event is, as far as the server has said. */
  private async writeEvents(events: readonly RecordedEvent[]): Promise<(Position | undefined)[]> {
    const positions: (Position | undefined)[] = [];
    for (const run of runsOf(events)) {
      const position = await this.writeRun(run);
      positions.push(...run.map(() => position));
    }
    return positions;
  }

  private async writeRun(run: Run): Promise<Position | undefined> {
    const [{ stream, revision }] = run;
    const records = run.map((event) => encodeRecord(event, event.recordedAt));
    const written = await this.connection.append(stream, revision - 1, records);
    if ('revision' in written) return written.position;
    // An earlier run may have written the beginning of this one, when the ledger ended there.
    if (run.length > 1) return this.writeEach(run);
    throw this.somebodyElse(`${stream} ends at revision ${written.actualRevision}, where ${revision} was to come`);
  }

  private async writeEach(run: Run): Promise<Position | undefined> {
    let position: Position | undefined;
    for (const event of run) position = await this.writeRun([event]);
    return position;
  }

  private async writeEntries(events: readonly RecordedEvent[]): Promise<void> {
    await Promise.all(events.map((event) => this.slots.run(() => this.writeEntry(event))));
  }

  private async writeEntry({ id, stream, revision }: RecordedEvent): Promise<void> {
    const entry: EventData = jsonEvent({ id, type: 'EventPlaced.v1', data: { stream, revision, by: 'move' } });
    const written = await this.connection.append(idStream(id), -1, [entry]);
    if ('actualRevision' in written) throw this.somebodyElse(`${idStream(id)} is there already`);
  }

  /** The link's place in `$all` is where a server goes on that follows it: never before that of an earlier event. */
  private async writeLinks(events: readonly RecordedEvent[], positions: readonly (Position | undefined)[]) {
    let at: Position = this.last ?? START;
    const links = events.map(({ stream, revision, position, recordedAt }, index): PlacedLink => {
      at = later(at, positions[index]);
      return { stream, revision, position, recordedMs: Date.parse(recordedAt), commit: at.commit, prepare: at.prepare };
    });
    const written = await this.connection.append(LEDGER_STREAM, (links[0]?.position ?? 0) - 1, links.map(encodeLink));
    if ('actualRevision' in written) {
      throw this.somebodyElse(`the ledger there ends at position ${written.actualRevision}`);
    }
    this.last = links.at(-1);
  }

  private somebodyElse(what: string): StoreError {
    return new StoreError('in-use', `Somebody else writes to ${this.connection.server}: ${what}.`);
  }
}

/** Cut in the same way whatever came before, so that a run which is sent again is the one that the server knows. */
function runsOf(events: readonly RecordedEvent[]): Run[] {
  const runs: [RecordedEvent, ...RecordedEvent[]][] = [];
  let characters = 0;
  for (const event of events) {
    const run = runs.at(-1);
    const more = event.data.length + (event.remarks?.length ?? 0) + event.meta.length;
    const fits = run?.[0].stream === event.stream && characters + more <= RUN_CHARACTERS;
    if (fits) run.push(event);
    else runs.push([event]);
    characters = fits ? characters + more : more;
  }
  return runs;
}

const later = (one: Position, other: Position | undefined): Position => (other && isAfter(other, one) ? other : one);
