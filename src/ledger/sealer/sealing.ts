import type { EventReader } from '../../event-store/port.js';
import { PositionWaiters } from '../../position-waiters.js';
import { HASH_BYTES, hashLeaf } from '../merkle/hash.js';
import { TILE_WIDTH } from '../merkle/tiles.js';
import { SealError } from '../seal-errors.js';
import type { KeyRotation, LogKey, Seal, SealedLedger, SealerStatus } from '../sealed-ledger.js';
import { SealsReader } from '../seals/reader.js';
import type { WitnessesStatus } from '../witness/witnesses.js';
import { CheckedTiles } from '../tree/checked-tiles.js';
import { TreeReader } from '../tree/reader.js';
import { leafBytes } from './check-events.js';
import { logFiles } from './files.js';
import type { FromSealer, SealerWorkerData } from './protocol.js';
import { SealerThread } from './sealer-thread.js';

export interface SealingOptions extends SealerWorkerData {
  readonly events: Pick<EventReader, 'readAll'>;
  readonly log: (line: string) => void;
}

/** How soon after it has looked the sealer is told again that somebody waits. */
const HURRY_AGAIN_MS = 20;
const FOLLOW_AGAIN_MS = 100;

/** What is asked of the tree while its file is being made anew is asked again once it is there. */
const BEING_MADE = 'The tree is being made anew';

/** The ledger being sealed: a thread that signs, and what it has signed, read here. */
export class Sealing implements SealedLedger, KeyRotation {
  private readonly waiters = new PositionWaiters();
  private readonly tiles = new CheckedTiles((level, index) => this.openTree().tile(level, index));
  private tree: TreeReader | undefined;
  private treeNumber = 0;
  /** The tree whose file was found to be damaged: said once of each. */
  private damagedTree = 0;
  private current: Seal | undefined;
  private knownKeys: readonly LogKey[];
  private state: SealerStatus = { state: 'waiting', detail: 'The tree is being checked' };
  private witnesses: WitnessesStatus | undefined;
  private isAsked = false;
  private again: NodeJS.Timeout | undefined;
  private isClosed = false;

  private constructor(
    private readonly thread: SealerThread,
    private readonly seals: SealsReader,
    private readonly options: SealingOptions,
    readonly origin: string,
  ) {
    this.knownKeys = seals.keys();
  }

  /**
   * Opens the log of the data folder, or begins one, and answers once its name and keys are known; the tree is checked
   * and the ledger caught up with meanwhile.
   *
   * @throws SealError when the log cannot be opened, and whoever runs the server has to say what is meant
   */
  static async open(options: SealingOptions): Promise<Sealing> {
    const { events: _events, log: _log, ...data } = options;
    const thread = await SealerThread.start(data);
    try {
      const seals = SealsReader.open(logFiles(options.folder).seals);
      const sealing = new Sealing(thread, seals, options, seals.origin() ?? '');
      thread.deliverTo((message) => sealing.receive(message));
      return sealing;
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  newest(): Seal | undefined {
    return this.current;
  }

  keys(): readonly LogKey[] {
    return this.knownKeys;
  }

  status(): SealerStatus {
    return { ...this.state, ...(this.witnesses && { witnesses: this.witnesses }) };
  }

  tile(level: number, index: number, width: number): Buffer | undefined {
    const { current } = this;
    return current && this.fromTree(() => this.tiles.tile(current, { level, index, width }));
  }

  async entries(index: number, width: number): Promise<Buffer | undefined> {
    const hashes = this.tile(0, index, width);
    if (!hashes) return undefined;
    const from = index * TILE_WIDTH;
    const events = await this.options.events.readAll(from, width);
    const parts = Array.from({ length: width }, (_, at) => {
      const event = events[at];
      const leaf = Buffer.from(event?.position === from + at ? leafBytes(event) : '');
      if (!hashLeaf(leaf).equals(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)))
        throw this.altered(from + at);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return Buffer.concat([length, leaf]);
    });
    return Buffer.concat(parts);
  }

  inclusionProof(position: number, size: number): Buffer[] {
    const seal = this.sealFor(size);
    return this.fromTree(() => this.tiles.inclusionProof(seal, position, size));
  }

  consistencyProof(oldSize: number, newSize: number): Buffer[] {
    const seal = this.sealFor(newSize);
    return this.fromTree(() => this.tiles.consistencyProof(seal, oldSize, newSize));
  }

  waitFor(position: number, timeoutMs: number): Promise<boolean> {
    if (position < (this.current?.size ?? 0)) return Promise.resolve(true);
    if (this.isClosed || this.state.state === 'halted') return Promise.resolve(false);
    const waiting = this.waiters.wait(position, timeoutMs);
    this.hurry();
    return waiting;
  }

  /**
   * Replaces the key in the data folder by a new one, which signs from the next checkpoint on.
   *
   * @throws SealError `key-differs` for a key that a setting gives
   */
  async rotateKey(): Promise<LogKey> {
    const key = await this.thread.rotate();
    this.knownKeys = this.seals.keys();
    return key;
  }

  /** Seals what the ledger has by now, within a bound, and lets go of the files. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.again);
    this.waiters.giveUp();
    // Before the thread does: who writes a file leaves it in one piece only when nobody else has it open.
    this.tree?.close();
    this.seals.close();
    await this.thread.close();
  }

  private sealFor(size: number): Seal {
    const { current } = this;
    if (current && size <= current.size) return current;
    throw new RangeError(`No checkpoint covers ${size} entries: the newest has ${current?.size ?? 0}`);
  }

  /** One that follows asks the store what others have signed, and has no way to hurry them. */
  private get hurryAgainMs(): number {
    return this.state.state === 'following' ? FOLLOW_AGAIN_MS : HURRY_AGAIN_MS;
  }

  private hurry(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    this.thread.send({ kind: 'hurry' });
  }

  private receive(message: FromSealer): void {
    if (this.isClosed && message.kind !== 'log') return;
    switch (message.kind) {
      case 'published':
        this.show(message.size, message.tree);
        return;
      case 'looked':
        // Who still waits came after it had read, or waits for what is not there yet, or not to be shown yet.
        this.again = setTimeout(() => {
          this.isAsked = false;
          if (this.waiters.size > 0) this.hurry();
        }, this.hurryAgainMs);
        return;
      case 'keys':
        this.knownKeys = this.seals.keys();
        return;
      case 'status':
        this.state = message.status;
        if (message.status.state === 'halted') this.waiters.giveUp();
        return;
      case 'witnesses':
        this.witnesses = message.status;
        return;
      case 'log':
        this.options.log(message.line);
        return;
      case 'failed':
        this.state = { state: 'halted', detail: message.message };
        this.waiters.giveUp();
        this.options.log(`SEALING HAS STOPPED, nothing is signed any more: ${message.message}`);
        return;
      case 'opened':
      case 'rotated':
      case 'not-rotated':
        return;
      default:
        message satisfies never;
    }
  }

  private show(size: number, treeNumber: number): void {
    if (treeNumber !== this.treeNumber) {
      this.tree?.close();
      this.tree = undefined;
      this.treeNumber = treeNumber;
    }
    this.current = this.seals.seal(size);
    this.waiters.reached(size - 1);
  }

  private openTree(): TreeReader {
    this.tree ??= TreeReader.open(logFiles(this.options.folder).tree);
    return this.tree;
  }

  /** What is damaged is not shown, and made anew. */
  private fromTree<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== 'tree-damaged') throw error;
      if (this.damagedTree !== this.treeNumber) this.thread.send({ kind: 'tree-damaged', reason: error.message });
      this.damagedTree = this.treeNumber;
      throw new SealError('unavailable', BEING_MADE, { cause: error });
    }
  }

  private altered(position: number): SealError {
    const message = `The event at position ${position} is not the one that was signed`;
    this.options.log(message);
    return new SealError('diverged', message);
  }
}
