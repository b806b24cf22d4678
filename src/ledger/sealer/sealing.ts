import type { EventReader } from '../../event-store/port.js';
import { PositionWaiters } from '../../position-waiters.js';
import type { SealError } from '../seal-errors.js';
import type { KeyRotation, LogKey, Seal, SealedLedger, SealerStatus } from '../sealed-ledger.js';
import { SealsReader } from '../seals/reader.js';
import type { WitnessesStatus } from '../witness/witnesses.js';
import { logFiles } from './files.js';
import type { FromSealer, SealerWorkerData } from './protocol.js';
import { SealerThread } from './sealer-thread.js';
import { ShownTree } from './shown-tree.js';

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
  private readonly shown: ShownTree;
  private treeNumber = 0;
  /** The tree whose file was found to be damaged. */
  private damagedTree = 0;
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
    const { folder, events, log } = options;
    const onDamage = (error: SealError): string => this.reportDamage(error);
    this.shown = new ShownTree({ file: logFiles(folder).tree, events, log, onDamage });
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
    return this.shown.newest();
  }

  keys(): readonly LogKey[] {
    return this.knownKeys;
  }

  status(): SealerStatus {
    return { ...this.state, ...(this.witnesses && { witnesses: this.witnesses }) };
  }

  tile(level: number, index: number, width: number): Buffer | undefined {
    return this.shown.tile(level, index, width);
  }

  entries(index: number, width: number): Promise<Buffer | undefined> {
    return this.shown.entries(index, width);
  }

  inclusionProof(position: number, size: number): Buffer[] {
    return this.shown.inclusionProof(position, size);
  }

  consistencyProof(oldSize: number, newSize: number): Buffer[] {
    return this.shown.consistencyProof(oldSize, newSize);
  }

  waitFor(position: number, timeoutMs: number): Promise<boolean> {
    if (position < (this.newest()?.size ?? 0)) return Promise.resolve(true);
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
    this.shown.close();
    this.seals.close();
    await this.thread.close();
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
      this.shown.close();
      this.treeNumber = treeNumber;
    }
    this.shown.show(this.seals.seal(size));
    this.waiters.reached(size - 1);
  }

  /** What is damaged is made anew: said once of each tree. */
  private reportDamage({ message: reason }: SealError): string {
    if (this.damagedTree !== this.treeNumber) this.thread.send({ kind: 'tree-damaged', reason });
    this.damagedTree = this.treeNumber;
    return BEING_MADE;
  }
}
