import { LRUCache } from 'lru-cache';
import type { DomainEvent } from '../domain/event.js';
import type { EventReader, SnapshotStore } from '../event-store/port.js';
import type { Folding, Versioned } from './aggregate.js';
import { decode } from './encoding.js';

/**
 * Bounds of what is kept: streams, of which artifacts are most; their states' KiB, of which long-lived environments take
 * most, some hundreds each; and events between two snapshots of a long one.
 */
const MAX_STREAMS = 20_000;
const MAX_KIB = 256 * 1024;
const PAGE = 1_000;
const SNAPSHOT_EVERY = 2_000;

/**
 * States of streams at their head. The embedded store has one writing process, so a state that every append of this
 * process is folded into is at the head by construction; where other processes append too, their events are read first.
 */
export class StateCache {
  private readonly states = new LRUCache<string, Versioned<unknown>>({ max: MAX_STREAMS, maxSize: MAX_KIB });
  /** Stream → revision of its last event on disk, for those whose state is ahead of that. */
  private readonly behind = new Map<string, number>();
  private readonly snapshotAt = new Map<string, number>();

  constructor(
    private readonly reader: EventReader,
    private readonly snapshots: SnapshotStore,
  ) {}

  async load<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string): Promise<Versioned<State>> {
    const known = this.states.get(stream) as Versioned<State> | undefined;
    if (known) return this.reader.isShared ? this.catchUp(folding, stream, known) : known;
    const loaded = await this.read(folding, stream);
    // Someone else may have loaded and folded on while this one was reading; theirs is the newer one.
    const current = this.states.get(stream) as Versioned<State> | undefined;
    if (current) return current;
    this.remember(folding, stream, loaded);
    return loaded;
  }

  /** The state if it is at hand, else the state of a stream that is not there. */
  assumeNew<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string): Versioned<State> {
    const known = this.states.get(stream) as Versioned<State> | undefined;
    return known ?? { state: folding.initialState(), revision: -1 };
  }

  /** Keeps a state that an event was folded into which is not on disk yet. */
  keep<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string, versioned: Versioned<State>): void {
    if (!this.behind.has(stream)) this.behind.set(stream, versioned.revision - 1);
    this.remember(folding, stream, versioned);
  }

  /** The stream is on disk up to the revision. */
  confirm(stream: string, revision: number): void {
    if ((this.states.get(stream)?.revision ?? revision) <= revision) this.behind.delete(stream);
    else this.behind.set(stream, revision);
  }

  isDurable(stream: string, revision: number): boolean {
    return revision <= (this.behind.get(stream) ?? revision);
  }

  /** After an append failed, what was folded ahead of it is wrong. */
  forget(stream: string): void {
    this.states.delete(stream);
    this.behind.delete(stream);
  }

  /** Writes a snapshot when enough has come since the last. Losing one costs time, never truth. */
  async snapshotIfDue<State, E extends DomainEvent>(folding: Folding<State, E>, stream: string): Promise<void> {
    const codec = folding.snapshots;
    const current = this.states.get(stream) as Versioned<State> | undefined;
    if (!codec || !current || current.revision < (this.snapshotAt.get(stream) ?? 0) + SNAPSHOT_EVERY) return;
    this.snapshotAt.set(stream, current.revision);
    await this.snapshots.saveSnapshot(stream, {
      revision: current.revision,
      version: codec.version,
      state: codec.toText(current.state),
    });
  }

  /** Folds in what other processes have appended, so that what withdraws is seen at the head. */
  private async catchUp<State, E extends DomainEvent>(
    folding: Folding<State, E>,
    stream: string,
    known: Versioned<State>,
  ): Promise<Versioned<State>> {
    for (let current = known; ;) {
      const page = await this.reader.readStream(stream, current.revision + 1, PAGE);
      // Others may have folded on, or forgotten the state, while this one was reading.
      const latest = this.states.get(stream) as Versioned<State> | undefined;
      if (!latest) return this.load(folding, stream);
      current = latest;
      for (const recorded of page) {
        if (recorded.revision !== current.revision + 1) continue;
        current = { state: folding.evolve(current.state, decode<E>(recorded)), revision: recorded.revision };
      }
      if (current !== latest) this.remember(folding, stream, current);
      if (page.length < PAGE) return current;
    }
  }

  /** The one that was used last stays, however large it is. */
  private remember<State, E extends DomainEvent>(
    folding: Folding<State, E>,
    stream: string,
    versioned: Versioned<State>,
  ): void {
    const kib = folding.kibOf?.(versioned) ?? 1;
    this.states.set(stream, versioned, { size: Math.min(kib, MAX_KIB) });
  }

  private async read<State, E extends DomainEvent>(
    folding: Folding<State, E>,
    stream: string,
  ): Promise<Versioned<State>> {
    let { state, revision } = await this.startOf(folding, stream);
    for (;;) {
      const page = await this.reader.readStream(stream, revision + 1, PAGE);
      for (const recorded of page) {
        state = folding.evolve(state, decode<E>(recorded));
        revision = recorded.revision;
      }
      if (page.length < PAGE) return { state, revision };
    }
  }

  private async startOf<State, E extends DomainEvent>(
    { snapshots: codec, initialState }: Folding<State, E>,
    stream: string,
  ): Promise<Versioned<State>> {
    const snapshot = codec && (await this.snapshots.loadSnapshot(stream));
    if (!codec || snapshot?.version !== codec.version) return { state: initialState(), revision: -1 };
    this.snapshotAt.set(stream, snapshot.revision);
    return { state: codec.fromText(snapshot.state), revision: snapshot.revision };
  }
}
