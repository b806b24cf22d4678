import type { EventReader, RecordedEvent } from '../event-store/port.js';
import { ViewCheckpoint } from './checkpoint.js';
import type { WriteDatabase } from './database.js';
import { markLedger } from './ledger-mark.js';
import type { Projector } from './projector.js';
import { BatchRows, MissingRowError, type RowWriter, type Table } from './rows.js';
import { parseEvent, type ViewEvent } from './view-event.js';

/** Events a transaction: large enough for the commit to weigh little, small enough to be seen soon. */
const BATCH_EVENTS = 2_000;

const CHECKPOINTS: Table<ViewCheckpoint> = { entity: ViewCheckpoint, key: ['view'] };

/** The same as long as it is where it was left. */
const CHECKPOINTS_AS_LEFT: Table<ViewCheckpoint> = { entity: ViewCheckpoint, key: ['view', 'version', 'position'] };

/** Somebody else has moved the views meanwhile: nothing was written, and they are to be taken up where they are now. */
export class StaleCheckpointError extends Error {
  override readonly name = 'StaleCheckpointError';
}

/**
 * Brings the views up to the ledger, a batch a transaction. Each view has its own checkpoint, written with its rows, so
 * that a kill at any moment leaves every view at a position that its rows agree with.
 */
export class ProjectionRunner {
  readonly #positions = new Map<Projector, number>();
  readonly #writer: RowWriter;

  private constructor(
    private readonly reader: EventReader,
    private readonly database: WriteDatabase,
    private readonly projectors: readonly Projector[],
    private readonly batchEvents: number,
  ) {
    this.#writer = database.rows;
  }

  /** Takes up every view where its checkpoint is; one that another version or another ledger filled starts from nothing. */
  static async start(
    reader: EventReader,
    database: WriteDatabase,
    projectors: readonly Projector[],
    batchEvents = BATCH_EVENTS,
  ): Promise<ProjectionRunner> {
    const runner = new ProjectionRunner(reader, database, projectors, batchEvents);
    const checkpoints = await checkpointsOf(database, projectors);
    for (const projector of projectors) {
      const checkpoint = checkpoints.get(projector.view);
      if (checkpoint && (await runner.#isCurrent(projector, checkpoint))) {
        runner.#positions.set(projector, checkpoint.position);
      } else {
        await runner.#restart(projector);
      }
    }
    return runner;
  }

  /** The last position that all views know of, -1 for none. */
  get position(): number {
    return Math.min(...this.#positions.values());
  }

  get positions(): Record<string, number> {
    return Object.fromEntries([...this.#positions].map(([{ view }, position]) => [view, position]));
  }

  /** Empties every view. */
  async restart(): Promise<void> {
    for (const projector of this.projectors) await this.#restart(projector);
  }

  /**
   * Projects the next batch for those views that are furthest back, up to where the next one stands: from there on
   * they go together.
   *
   * @returns how many events there were to project
   */
  async step(): Promise<number> {
    const from = this.position;
    const group = this.projectors.filter((projector) => this.#positions.get(projector) === from);
    const others = [...this.#positions.values()].filter((position) => position > from);
    const events = await this.reader.readAll(from + 1, Math.min(this.batchEvents, Math.min(...others) - from));
    if (events.length === 0) return 0;
    if (events[0]?.position !== from + 1 || events.at(-1)?.position !== from + events.length) {
      throw new Error(`the event store's answer from position ${from + 1} on has a gap`);
    }
    const readable = parseReadable(events);
    await this.#project(group, readable);
    return readable.length;
  }

  async #project(group: readonly Projector[], events: readonly ViewEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last) return;
    await this.database.write(async () => {
      await this.#moveCheckpoints(group, last);
      if (events[0]?.position === 0) await markLedger(this.#writer, events[0].id);
      const rows = new BatchRows(this.#writer);
      for (const projector of group) await projector.project(events, rows);
      await rows.flush();
    });
    for (const projector of group) this.#positions.set(projector, last.position);
  }

  /** First of all, so that of two who take themselves for the one that projects the second waits, and then fails. */
  async #moveCheckpoints(group: readonly Projector[], { position, id }: ViewEvent): Promise<void> {
    const moves = group.map((projector) => ({
      key: [projector.view, projector.version, this.#positions.get(projector) ?? -1],
      changes: { position, eventId: id },
    }));
    try {
      await this.#writer.update(CHECKPOINTS_AS_LEFT, moves);
    } catch (cause) {
      if (!(cause instanceof MissingRowError)) throw cause;
      throw new StaleCheckpointError(`the views are not where they were left: ${cause.message}`, { cause });
    }
  }

  /** The id of the event at the checkpoint tells a ledger that was replaced or cut from the one that was projected. */
  async #isCurrent(projector: Projector, { version, position, eventId }: ViewCheckpoint): Promise<boolean> {
    if (version !== projector.version) return false;
    if (position < 0) return true;
    const [event] = await this.reader.readAll(position, 1);
    return event?.id === eventId;
  }

  async #restart(projector: Projector): Promise<void> {
    const { view, version } = projector;
    await this.database.write(async () => {
      for (const entity of projector.entities) await this.#writer.empty(entity);
      await this.#writer.delete(CHECKPOINTS, [[view]]);
      await this.#writer.insert(CHECKPOINTS, [{ view, version, position: -1, eventId: null }]);
    });
    this.#positions.set(projector, -1);
  }
}

/** How far each view is, as its rows were committed. */
export async function checkpointsOf(
  { rows }: WriteDatabase,
  projectors: readonly Projector[],
): Promise<Map<string, ViewCheckpoint>> {
  const found = await rows.find(
    CHECKPOINTS,
    projectors.map(({ view }) => [view]),
  );
  return new Map(found.flatMap((checkpoint) => (checkpoint ? [[checkpoint.view, checkpoint]] : [])));
}

/** The events up to the first that cannot be read, so that the views stop right before it; it throws once it is first. */
function parseReadable(events: readonly RecordedEvent[]): ViewEvent[] {
  const parsed: ViewEvent[] = [];
  for (const event of events) {
    try {
      parsed.push(parseEvent(event));
    } catch (error) {
      if (parsed.length === 0) throw error;
      return parsed;
    }
  }
  return parsed;
}
