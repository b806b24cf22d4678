import type { RegisterEntry, SealRegister } from '../../event-store/seal-register.js';
import type { Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { LogKey, Seal } from '../sealed-ledger.js';
import { entryOf, isSameRow, rowOf, type RegisteredRow, type SealRow } from '../seals/rows.js';
import type { SealStore } from '../seals/store.js';
import { checkSucceeds } from './check-seals.js';
import type { Keyring, Succession } from './keyring.js';
import { sealOf } from './registered-seal.js';
import { stateRotation } from './rotation.js';
import { goOn, type AtStep } from './steps.js';

/** Entries that are read, or brought, together: well below the mebibyte that a store takes in one piece. */
const BATCH_ROWS = 500;

export interface SharedLogPorts {
  readonly register: SealRegister;
  readonly seals: SealStore;
  readonly origin: string;
  readonly keyring: Keyring;
  /** Told of a key that signs from now on. */
  readonly onKey?: () => void;
  readonly at?: AtStep;
  readonly batchRows?: number;
}

/**
 * A log that several servers sign, each with a file of seals of its own. Which row comes next, they settle in the
 * register: each first takes over what others have added, adds its own at the index after it, and keeps it in its file
 * only when it was the first. So the files of all are beginnings of one list.
 */
export class SharedLog {
  private readonly at: AtStep;
  private readonly batchRows: number;
  /** What others have added, and is not in the file of seals yet. */
  private waiting: RegisteredRow[] = [];
  /** All that the register had at the last look is here or waits, and nobody was seen to add more. */
  private isUpToDate = false;
  /** How many rows there have to be before somebody may sign: a history is being brought. */
  private broughtRows = 0;
  private head: Seal | undefined;
  /** A key that was made because somebody has asked for another one. */
  private asked: string | undefined;

  constructor(private readonly ports: SharedLogPorts) {
    this.at = ports.at ?? goOn;
    this.batchRows = ports.batchRows ?? BATCH_ROWS;
  }

  /** Whether the next row can be added here: all before it are in the file of seals. */
  get isCaughtUp(): boolean {
    return this.isUpToDate && this.waiting.length === 0 && !this.waitsFor;
  }

  /** Whether others have added what was not read yet. */
  get isBehind(): boolean {
    return !this.isUpToDate;
  }

  /** Why nobody signs for now. */
  get waitsFor(): string | undefined {
    const rows = this.ports.seals.countRows();
    if (rows >= this.broughtRows) return undefined;
    return `The log's seals are being brought into the register: ${rows} of ${this.broughtRows} rows are there`;
  }

  /** Why this server does not sign, where another one does. */
  get follows(): string | undefined {
    const key = this.currentKey;
    if (this.signer() || this.ports.keyring.successionOf(key)) return undefined;
    return `Another server signs, and this one checks and shows what was signed: the log's key, ${key}, is not here`;
  }

  /** Of the log's key, where this server has it. */
  signer(): Signer | undefined {
    return this.ports.keyring.signerOf(this.currentKey);
  }

  /** Forgets what was read and not taken over. */
  forget(): void {
    this.waiting = [];
    this.head = undefined;
    this.isUpToDate = false;
  }

  /**
   * Reads what others have added. The batch begins with the row that was the last here, which still has to be the one.
   *
   * @returns whether the register lacks rows that are to be brought into it
   * @throws SealError `diverged` when the register is not what was seen of it
   */
  async pull(): Promise<boolean> {
    if (this.waiting.length > 0) return false;
    const { register, seals } = this.ports;
    const rows = seals.countRows();
    const from = Math.max(0, rows - 1);
    this.isUpToDate = false;
    this.at('read-register');
    const entries = await register.read(from, this.batchRows);
    const found = entries.map((entry, index) => rowOf(entry, from + index));
    for (const { of } of found) this.broughtRows = Math.max(this.broughtRows, of ?? 0);
    if (rows > 0) {
      const [own] = found.splice(0, 1);
      if (!own) return this.lacksRows(rows);
      if (!isSameRow(seals.lastRow(), own.row)) {
        throw diverged(`its entry ${from} is not the one that this server has seen there`);
      }
    }
    this.waiting = found;
    this.isUpToDate = entries.length < this.batchRows;
    return false;
  }

  /**
   * The next checkpoint that another server has signed, seen to be signed by the key whose turn it is. Keys that come
   * before it are taken over.
   *
   * @throws SealError `diverged`
   */
  next(): Seal | undefined {
    const { seals, origin } = this.ports;
    for (let first = this.waiting[0]; first && 'key' in first.row; first = this.waiting[0]) {
      checkSucceeds(seals, origin, first.row.key);
      this.enterKey(first.row.key);
      this.waiting.shift();
    }
    const first = this.waiting[0];
    if (first && 'checkpoint' in first.row) this.head ??= sealOf(seals, origin, first.row.checkpoint);
    return this.head;
  }

  /** Keeps the one that {@link next} has answered, which was found to be a checkpoint of this ledger. */
  take(seal: Seal): void {
    this.at('take-seal');
    const { seals } = this.ports;
    seals.insert(seal, seals.last()?.size ?? 0);
    this.waiting.shift();
    this.head = undefined;
  }

  /** Adds a checkpoint that was signed here. @returns false where somebody else was first, and it counts for nothing */
  async add({ note, signedAt }: Seal): Promise<boolean> {
    this.at('register-seal');
    const isFirst = await this.append({ checkpoint: { note, signedAt } });
    this.at('registered-seal');
    return isFirst;
  }

  /**
   * Replaces the key in the data folder.
   *
   * @returns undefined where the log has to be caught up with first
   * @throws SealError `key-elsewhere`; `key-differs` for a key that a setting gives
   */
  async rotate(): Promise<LogKey | undefined> {
    const { keyring, origin } = this.ports;
    const entered = this.enteredAsAsked();
    if (entered || !this.isCaughtUp) return entered;
    if (!this.signer())
      throw new SealError(
        'key-elsewhere',
        `The log's key, ${this.currentKey}, is at another server, and is replaced there.`,
      );
    this.asked = keyring.makeNext(origin).verifier.text;
    await this.settleKeys();
    return this.enteredAsAsked();
  }

  /** States the replacement of a key that was asked for or begun, where there is one. */
  async settleKeys(): Promise<void> {
    const { keyring } = this.ports;
    const succession = keyring.successionOf(this.currentKey);
    if (succession && !(await this.succeed(succession))) return;
    keyring.settle(this.currentKey);
  }

  /** Writes more of the own history into a register that lacks it. */
  async bring(): Promise<void> {
    const { register, seals } = this.ports;
    const last = await register.last();
    const of = seals.countRows();
    const rows = seals.rowsAfter(last ? this.placeOf(last.entry, last.index) : { size: 0, keys: 0 }, this.batchRows);
    this.at('bring-rows');
    await register.append(
      (last?.index ?? -1) + 1,
      rows.map((row) => entryOf(row, of)),
    );
    this.at('brought-rows');
  }

  /** A key that was asked for may have been entered since, at a later look. */
  private enteredAsAsked(): LogKey | undefined {
    const key = this.ports.seals.keys().find(({ verifierKey }) => verifierKey === this.asked);
    if (key) this.asked = undefined;
    return key;
  }

  private async succeed({ from, to }: Succession): Promise<boolean> {
    const { seals, origin } = this.ports;
    const key = stateRotation(seals, { origin, from, to, at: this.at });
    this.at('register-key');
    const isFirst = await this.append({ key });
    this.at('registered-key');
    if (isFirst) this.enterKey(key);
    return isFirst;
  }

  private async append(row: SealRow): Promise<boolean> {
    const { register, seals } = this.ports;
    // Whatever comes of it, the next thing is to look.
    this.isUpToDate = false;
    this.isUpToDate = await register.append(seals.countRows(), [entryOf(row)]);
    return this.isUpToDate;
  }

  private enterKey(key: LogKey): void {
    this.ports.seals.addKey(key);
    this.ports.onKey?.();
  }

  /**
   * What was added is durable, so a register with less than was seen of it is an older one: the store was put back, and
   * others may have signed what is lost now. Only a ledger that was moved here, or one that was never signed, has a
   * beginning that is to be written.
   */
  private async lacksRows(rows: number): Promise<boolean> {
    const { register, seals } = this.ports;
    const last = await register.last();
    if (!last) {
      if (!seals.last() || (await register.wasMoved())) return true;
      throw diverged(`it is empty, and this server has ${rows} rows. The ledger was not moved here by cairn migrate`);
    }
    const { row, of } = rowOf(last.entry, last.index);
    if (last.index + 1 >= rows) throw diverged(`entries between ${rows - 1} and ${last.index} are not there`);
    if (of !== rows) {
      throw diverged(`it has ${last.index + 1} entries, and this server has seen ${rows}: the store is an older one`);
    }
    const { size, keys } = this.placeOf(last.entry, last.index);
    const key = seals.keys()[keys - 1];
    const own = 'key' in row ? key && { key } : seals.rowAt(size);
    if (!isSameRow(own, row)) throw diverged(`its entry ${last.index} is not the one that this server has`);
    return true;
  }

  /** How far a row of the own history goes. */
  private placeOf(entry: RegisterEntry, index: number): { size: number; keys: number } {
    const { seals, origin } = this.ports;
    const { row } = rowOf(entry, index);
    if ('key' in row) return { size: row.key.fromSize - 1, keys: row.key.number + 1 };
    const { size } = sealOf(seals, origin, row.checkpoint);
    return { size, keys: seals.keys().filter(({ fromSize }) => fromSize <= size).length };
  }

  private get currentKey(): string | undefined {
    return this.ports.seals.keys().at(-1)?.verifierKey;
  }
}

const diverged = (what: string): SealError =>
  new SealError('diverged', `The register of seals is not what was signed: ${what}.`);
