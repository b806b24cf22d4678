import { CompactRange } from '../../merkle/compact-range.js';
import type { Findings } from '../findings.js';
import type { Entry } from './entry.js';
import type { Run } from './manifest.js';

/** What the events of a package are together: counted, in order, and under one root. */
export class Population {
  private readonly tree = new CompactRange();
  /** Of each stream the revisions that are here, those in a row as one. */
  private readonly runs = new Map<string, { from: number; to: number }[]>();
  /** The first position that has no leaf here, of those between the first and the last that have. */
  gap: number | undefined;
  last = -1;
  withheld = 0;
  erased = 0;

  constructor(private readonly findings: Findings) {}

  get count(): number {
    return this.tree.size;
  }

  get disclosed(): number {
    return this.count - this.withheld;
  }

  add({ position, leafHash, leaf, isWithheld, isErased }: Entry): void {
    this.tree.add(leafHash);
    if (isWithheld) this.withheld += 1;
    if (isErased) this.erased += 1;
    if (position !== undefined) {
      if (position <= this.last) {
        const what = `it stands after the event from position ${this.last}`;
        this.findings.add('order', 'misplaced-event', what, { position, ...(leaf && { id: leaf.id }) });
      }
      if (this.last >= 0 && position > this.last + 1) this.gap ??= this.last + 1;
      this.last = Math.max(this.last, position);
    }
    if (!leaf) return;
    const runs = this.runs.get(leaf.stream) ?? [];
    const end = runs.at(-1);
    if (end && leaf.revision <= end.to) {
      const what = `its revision ${leaf.revision} stands after revision ${end.to} of its stream`;
      this.findings.add('order', 'misplaced-event', what, { ...(position !== undefined && { position }), ...leaf });
    } else if (end?.to === leaf.revision - 1) end.to = leaf.revision;
    else runs.push({ from: leaf.revision, to: leaf.revision });
    this.runs.set(leaf.stream, runs);
  }

  /** In hex. */
  root(): string {
    return this.tree.root().toString('hex');
  }

  /** Whether every event of the run is here. */
  has({ stream, from, to }: Run): boolean {
    return this.runs.get(stream)?.some((run) => run.from <= from && to <= run.to) ?? false;
  }
}
