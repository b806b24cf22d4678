import { RECORD_STREAM, RECORD_TYPE } from '../erasure-record.js';
import type { EventReader, RecordedEvent } from '../../event-store/port.js';
import { unsound } from './unsound.js';

/** Where the salt of the remarks stands among the three. */
const SALT = { from: 16, to: 32 };
const BATCH_RECORDS = 500;

/** What an event says of an erasure. */
interface ErasureRecord {
  readonly revision: number;
  readonly eventId: unknown;
  readonly remarksHash: unknown;
}

/**
 * That remarks which are gone were erased by an event that says so, and that such an event says what is so. What came
 * under a checkpoint otherwise could not be told from altered ever after.
 */
export class ErasureChecks {
  /** By the position of the event that was erased, the first one of each. Erasures are few. */
  private readonly records = new Map<number, ErasureRecord>();
  private nextRevision = 0;

  constructor(private readonly events: Pick<EventReader, 'readAll' | 'readStream'>) {}

  /** Whether there is something to look up about the event at all. */
  static concern({ remarks, type }: RecordedEvent): boolean {
    return remarks === null || type === RECORD_TYPE;
  }

  /** @throws SealError `unsound` */
  async check(event: RecordedEvent): Promise<void> {
    if (event.remarks === null) await this.checkErased(event, event.position);
    if (event.type === RECORD_TYPE) await this.checkRecord(event);
  }

  forget(): void {
    this.records.clear();
    this.nextRevision = 0;
  }

  private async checkRecord(event: RecordedEvent): Promise<void> {
    const { position, stream, revision, data } = event;
    const of = parsed(data)['position'];
    if (stream !== RECORD_STREAM || !isPosition(of) || of >= position) {
      throw unsound(position, 'it is no record of an erasure: another stream, or of no event before it');
    }
    if ((await this.recordOf(of))?.revision !== revision) {
      throw unsound(position, `the erasure at position ${of} is recorded by another event already`);
    }
    const [erased] = await this.events.readAll(of, 1);
    if (erased?.position !== of || erased.remarks !== null) {
      throw unsound(position, `it says that the remarks at position ${of} were erased, and they are there`);
    }
    await this.checkErased(erased, position);
  }

  /** @param position of the event that cannot be sealed if this does not hold */
  private async checkErased(erased: RecordedEvent, position: number): Promise<void> {
    const record = await this.recordOf(erased.position);
    if (!record) throw unsound(position, `its remarks are gone, and no event ${RECORD_TYPE} says so`);
    const isSo = record.eventId === erased.id && record.remarksHash === erased.remarksHash;
    if (isSo && erased.salts.subarray(SALT.from, SALT.to).every((byte) => byte === 0)) return;
    throw unsound(position, `the erasure at position ${erased.position} is not what its record says`);
  }

  private async recordOf(position: number): Promise<ErasureRecord | undefined> {
    if (!this.records.has(position)) await this.readRecords();
    return this.records.get(position);
  }

  private async readRecords(): Promise<void> {
    for (;;) {
      const batch = await this.events.readStream(RECORD_STREAM, this.nextRevision, BATCH_RECORDS);
      for (const { type, revision, data } of batch) {
        this.nextRevision = revision + 1;
        const { position, eventId, remarksHash } = parsed(data);
        if (type !== RECORD_TYPE || !isPosition(position) || this.records.has(position)) continue;
        this.records.set(position, { revision, eventId, remarksHash });
      }
      if (batch.length < BATCH_RECORDS) return;
    }
  }
}

const isPosition = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

function parsed(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
