import { RECORD_STREAM, RECORD_TYPE } from '../erasure-record.js';
import type { AuditedEvent, ErasureRow } from '../../event-store/audit.js';
import { counted, type Findings } from './findings.js';

/** Where the salt of the remarks stands among the three. */
const SALT = { from: 16, to: 32 };

interface Erased {
  readonly id: string;
  readonly remarksHash: string | undefined;
  readonly hasSalt: boolean;
}

interface Recorded {
  readonly recordedBy: number;
  readonly eventId: unknown;
  readonly remarksHash: unknown;
}

/**
 * Tells erased from altered: remarks may be gone, if an event in the ledger says so and names the hash that stands for
 * them. Whether that is the hash that was sealed is seen in the leaf.
 */
export class ErasureRules {
  private readonly erased = new Map<number, Erased>();
  private readonly records = new Map<number, Recorded>();

  constructor(private readonly findings: Findings) {}

  see(event: AuditedEvent): void {
    const { position, id, type, remarks, remarksHash, salts } = event;
    if (remarks === null) {
      this.erased.set(position, {
        id,
        remarksHash,
        hasSalt: salts.subarray(SALT.from, SALT.to).some((byte) => byte > 0),
      });
    }
    if (type === RECORD_TYPE) this.record(event);
  }

  /** When all events were seen. */
  finish(rows: Iterable<ErasureRow> | undefined): void {
    for (const [position, erased] of this.erased) this.checkErased(position, erased);
    for (const [position, { recordedBy }] of this.records) {
      if (this.erased.has(position)) continue;
      const what = `the event at position ${recordedBy} says that its remarks were erased, and they are there`;
      this.findings.add('erasures', 'altered-erasure', what, { position });
    }
    for (const row of rows ?? []) this.checkRow(row);
    const { size } = this.erased;
    this.findings.looked('erasures', `${counted(size, 'event')} with erased remarks`);
  }

  get count(): number {
    return this.erased.size;
  }

  private record(event: AuditedEvent): void {
    const { position, stream, data } = event;
    const { eventId, position: of, remarksHash } = parsed(data);
    if (stream !== RECORD_STREAM || typeof of !== 'number' || of >= position || this.records.has(of)) {
      const what =
        'it is no record of an erasure: another stream, of an event that is not before it, or of one once more';
      this.findings.add('erasures', 'altered-erasure', what, event);
      return;
    }
    this.records.set(of, { recordedBy: position, eventId, remarksHash });
  }

  private checkErased(position: number, { id, remarksHash, hasSalt }: Erased): void {
    const where = { position, id };
    const record = this.records.get(position);
    if (!record) {
      this.findings.add(
        'erasures',
        'unrecorded-erasure',
        `its remarks are gone, and no event ${RECORD_TYPE} says so`,
        where,
      );
      return;
    }
    const wrong = (what: string): void => this.findings.add('erasures', 'altered-erasure', what, where);
    const by = `the event at position ${record.recordedBy}, which records the erasure,`;
    if (record.eventId !== id) wrong(`${by} names the event ${String(record.eventId)}`);
    if (remarksHash === undefined) wrong('its remarks were erased, and the hash that stands for them is gone');
    else if (record.remarksHash !== remarksHash) wrong(`${by} has another hash of the remarks`);
    if (hasSalt) wrong('its remarks were erased, and their salt was not');
  }

  private checkRow({ position, erasedBy, remarksHash }: ErasureRow): void {
    const record = this.records.get(position);
    if (record?.recordedBy === erasedBy && record.remarksHash === remarksHash) return;
    const what = `the row for it in the table erasures names position ${erasedBy} and is not what an event there says`;
    this.findings.add('erasures', 'altered-erasure', what, { position });
  }
}

function parsed(data: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
