import { counted, type Findings } from '../findings.js';
import type { Entry } from './entry.js';

const RECORD_TYPE = 'RemarksErased.v1';

interface Seen {
  readonly id: string;
  /** The hash that stands for the remarks in the leaf. */
  readonly remarks: string;
  readonly isErased: boolean;
}

/**
 * Tells erased from withheld. That remarks are gone is the word of whoever made the package, unless the event that records
 * their erasure, whose leaf was sealed like any other, is in it and shown.
 */
export class Erasures {
  private readonly seen = new Map<number, Seen>();
  private readonly recorded = new Set<number>();
  private erased = 0;

  constructor(private readonly findings: Findings) {}

  /** How many of the erased events have their record here too. */
  get shown(): number {
    return this.recorded.size;
  }

  /** Events come in order of position: a record after what it is of. */
  add({ position, leaf, isErased, data }: Entry): void {
    if (isErased) this.erased += 1;
    if (position === undefined || !leaf) return;
    this.seen.set(position, { id: leaf.id, remarks: leaf.remarks, isErased });
    if (leaf.type === RECORD_TYPE && typeof data === 'object' && data !== null) {
      this.record(position, data as Record<string, unknown>);
    }
  }

  finish(): void {
    const { erased, shown } = this;
    const what = `${counted(erased, 'event')} with erased remarks`;
    if (shown === erased) this.findings.looked('erasures', erased === 0 ? what : `${what}, as events here record`);
    else this.findings.skipped('erasures', `${what}; of ${shown} the event that records it is here too`);
  }

  private record(recordedBy: number, { position, eventId, remarksHash }: Record<string, unknown>): void {
    const erased = typeof position === 'number' ? this.seen.get(position) : undefined;
    // What it is of need not be in the package.
    if (typeof position !== 'number' || position >= recordedBy || !erased) return;
    const wrong = (what: string): void =>
      this.findings.add('erasures', 'altered-erasure', `the event at position ${recordedBy} says that ${what}`, {
        ...{ position, id: erased.id },
      });
    if (erased.id !== eventId || erased.remarks !== remarksHash) wrong('other remarks than its own were erased');
    else if (!erased.isErased) wrong('its remarks were erased, and the package does not');
    else this.recorded.add(position);
  }
}
