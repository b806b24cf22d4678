import type { AuditedEvent } from '../../event-store/audit.js';
import { leafHash } from '../leaf.js';
import type { Findings } from './findings.js';
import type { StoredTree } from './stored-tree.js';
import { TreeBuilder } from './tree-builder.js';

/** Leaves of which it is looked for where else they were sealed. */
const KEPT_MAX = 10_000;
/** Of these the event is kept as well: more are not told of. */
const EVENTS_MAX = 20;

interface Mismatch {
  readonly position: number;
  readonly found: Buffer;
  readonly sealed: Buffer;
  readonly event?: AuditedEvent;
}

/**
 * The tree that the events make, beside the one that is stored. Where they differ, signed roots say which of the two is
 * the one that was sealed; so differences are told of at the end.
 */
export class LeafComparison {
  private readonly made: TreeBuilder;
  /** The tree that the stored leaves make, once they are others. */
  private fork: TreeBuilder | undefined;
  private readonly mismatches: Mismatch[] = [];
  private mismatchCount = 0;
  /** Some leaf is neither made nor stored: nothing can be said of any root from there on. */
  private isBroken = false;
  /** Below these sizes all leaves are what was signed, by events and by stored leaves. */
  private eventsRightTo = 0;
  private storedRightTo = 0;
  leaves = 0;

  constructor(
    private readonly stored: StoredTree,
    private readonly findings: Findings,
  ) {
    this.made = new TreeBuilder((level, index, hash) => {
      if (!this.fork && !this.isBroken) stored.check(level, index, hash);
    });
  }

  get size(): number {
    return this.made.size;
  }

  /** The event at the next position, with the leaf that it makes; none for one that cannot make any. */
  add(event: AuditedEvent, found: Buffer | undefined): void {
    const sealed = this.stored.leaf(this.size);
    if (found) this.leaves += 1;
    if (found && sealed && !found.equals(sealed)) this.differ({ position: this.size, found, sealed, event });
    this.grow(found ?? sealed, sealed);
  }

  /** The next position has no event. What is stored of it stands for it, so that the rest can be looked at. */
  addMissing(): void {
    const sealed = this.stored.leaf(this.size);
    this.grow(sealed, sealed);
  }

  /** A root that was signed over the tree of the size that this one has now. Answers whether the events make it. */
  compareRoot(signed: Buffer): 'same' | 'other' | 'unknown' {
    if (this.fork?.size === this.size && this.fork.root().equals(signed)) this.storedRightTo = this.size;
    if (this.isBroken) return 'unknown';
    if (!this.made.root().equals(signed)) return 'other';
    this.eventsRightTo = this.size;
    if (!this.fork && this.stored.size >= this.size) this.storedRightTo = this.size;
    return 'same';
  }

  root(): Buffer {
    return this.made.root();
  }

  /** Tells of all differences, now that it is known which side was signed. */
  tell(typeNames: readonly string[]): void {
    const placeOf = new Map(this.mismatches.map(({ position, sealed }) => [sealed.toString('hex'), position]));
    for (const mismatch of this.mismatches) this.tellOne(mismatch, placeOf, typeNames);
    this.findings.addMore('leaves', this.mismatchCount - this.mismatches.length);
  }

  private tellOne(mismatch: Mismatch, placeOf: ReadonlyMap<string, number>, typeNames: readonly string[]): void {
    const { position, found, sealed, event } = mismatch;
    const where = event ?? { position };
    if (position < this.eventsRightTo) {
      const what = `the tree has another hash of its leaf than was signed: ${sealed.toString('hex')}, not ${found.toString('hex')}`;
      this.findings.add('tree', 'altered-tree', what, where);
      return;
    }
    const doubt = position < this.storedRightTo ? '' : ', and no checkpoint tells which of the two is right';
    const place = placeOf.get(found.toString('hex'));
    const why =
      place !== undefined ? `: it is the event that was sealed at position ${place}` : whyOf(event, sealed, typeNames);
    const what = `its leaf is not the one that was sealed: expected ${sealed.toString('hex')}, found ${found.toString('hex')}${why}${doubt}`;
    this.findings.add('leaves', 'altered-event', what, where);
  }

  private differ(mismatch: Required<Mismatch>): void {
    this.mismatchCount += 1;
    this.fork ??= this.made.fork((level, index, hash) => this.stored.check(level, index, hash));
    if (this.mismatches.length >= KEPT_MAX) return;
    const { event, ...rest } = mismatch;
    this.mismatches.push(this.mismatches.length < EVENTS_MAX ? mismatch : rest);
  }

  private grow(made: Buffer | undefined, sealed: Buffer | undefined): void {
    if (!made) this.isBroken = true;
    // Only as long as every leaf is there the numbers of those after it are right.
    if (this.fork && sealed && this.fork.size === this.made.size) this.fork.add(sealed);
    this.made.add(made ?? NO_HASH);
  }
}

const NO_HASH = Buffer.alloc(32);

/** What of the event differs, where that can be found out: a leaf has only hashes of the texts. */
function whyOf(event: AuditedEvent | undefined, sealed: Buffer, typeNames: readonly string[]): string {
  const type = event && typeNames.find((name) => leafHash({ ...event, type: name }).equals(sealed));
  return type === undefined ? '' : `: it was sealed as ${type}`;
}
