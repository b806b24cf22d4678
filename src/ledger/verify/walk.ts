import type { AuditedEvent } from '../../event-store/audit.js';
import { leafText } from '../leaf.js';
import { hashLeaf } from '../merkle/hash.js';
import { ErasureRules } from './erasures.js';
import { counted } from './findings.js';
import { EventRules, missing } from './event-rules.js';
import { LeafComparison } from './leaf-comparison.js';
import type { LogKeys } from './log-keys.js';
import type { LedgerPlan } from './plan.js';
import { signedRoots, type Signed } from './seals.js';
import { StoredTree } from './stored-tree.js';

/** C2SP tlog-tiles, "Log entries": the length of one is written in 16 bits. */
const LEAF_BYTES_MAX = 65_535;

/** Goes through the events once, with everything that is compared with them beside it. */
export class Walk {
  private readonly rules: EventRules;
  private readonly erasures: ErasureRules;
  private readonly stored: StoredTree;
  private readonly leaves: LeafComparison;
  private readonly signed: Iterator<Signed>;
  private next: Signed | undefined;
  private lastSize = 0n;
  private wrongRoots = 0;
  private isWhole = false;
  count = 0;
  sealed = 0;

  constructor(
    private readonly plan: LedgerPlan,
    keys: LogKeys | undefined,
  ) {
    const { findings, prefixes, ledger, tree, seals, kept } = plan;
    this.rules = new EventRules(findings, prefixes, ledger?.keepsIdsUnique ?? true);
    this.erasures = new ErasureRules(findings);
    this.stored = new StoredTree(tree, findings);
    this.leaves = new LeafComparison(this.stored, findings);
    const rows = keys ? signedRoots(seals?.checkpoints() ?? [], keys, kept, findings) : [];
    this.signed = rows[Symbol.iterator]();
    this.advance();
    // A checkpoint of the log when it was empty is a beginning of it whatever follows.
    this.compareRoots();
  }

  get erased(): number {
    return this.erasures.count;
  }

  get root(): string {
    return this.leaves.root().toString('hex');
  }

  async events(): Promise<void> {
    const { ledger, onProgress } = this.plan;
    if (!ledger) return;
    const head = await ledger.head();
    for await (const page of ledger.pages()) {
      for (const event of page) this.event(event);
      onProgress(this.count, head + 1);
    }
    this.isWhole = true;
  }

  /** What can only be said when all events were seen. */
  finish(): void {
    const { findings, ledger, tree } = this.plan;
    findings.looked('files', 'databases by SQLite’s own check');
    if (this.isWhole) this.checkEnd();
    else this.leaveOut();
    this.leaves.tell(ledger?.typeNames() ?? []);
    if (ledger) this.rules.checkNames(ledger);
    this.erasures.finish(ledger?.erasures());
    findings.looked('append-only rules', 'tables, indexes and triggers as the program makes them');
    findings.looked(
      'order',
      `${counted(this.count, 'position')}, revisions of ${counted(this.rules.streams, 'stream')}`,
    );
    findings.looked('events', `${counted(this.count, 'event')}, each text its own RFC 8785 form`);
    if (tree && this.stored.size < this.sealed) {
      const what = `tree.db has ${counted(this.stored.size, 'leaf', 'leaves')}, and a checkpoint covers ${this.sealed}: the next start makes it anew`;
      findings.add('tree', 'altered-tree', what);
    }
    if (tree) {
      findings.looked(
        'tree',
        `${counted(this.stored.checkRows(), 'tile')} over ${counted(this.stored.size, 'leaf', 'leaves')}`,
      );
      findings.looked('leaves', `${this.leaves.leaves} recomputed from the events`);
    } else {
      findings.skipped('tree', 'tree.db is not there; the next start makes it anew');
      findings.looked('leaves', `${this.leaves.leaves} recomputed from the events, with no stored ones to compare`);
    }
  }

  private event(event: AuditedEvent): void {
    const { position } = event;
    this.count += 1;
    this.rules.check(event);
    this.erasures.see(event);
    // Beyond what is stored and signed, nothing can stand for events that are missing.
    for (let size = this.leaves.size; size < position && size < this.stored.size; size++) this.missing();
    if (position !== this.leaves.size) return;
    this.leaves.add(event, this.leafOf(event));
    this.compareRoots();
  }

  private leafOf(event: AuditedEvent): Buffer | undefined {
    // Without them and without their hash there is no leaf; that is told of as an erasure.
    if (event.remarks === null && event.remarksHash === undefined) return undefined;
    const text = leafText(event);
    if (text.length * 3 > LEAF_BYTES_MAX && Buffer.byteLength(text) > LEAF_BYTES_MAX) {
      const what = `its leaf has more than ${LEAF_BYTES_MAX} bytes`;
      this.plan.findings.add('events', 'malformed-event', what, event);
    }
    return hashLeaf(text);
  }

  private missing(): void {
    this.leaves.addMissing();
    this.compareRoots();
  }

  private compareRoots(): void {
    while (this.next?.size === BigInt(this.leaves.size)) {
      const { name, root } = this.next;
      const outcome = this.leaves.compareRoot(root);
      if (outcome === 'same') this.sealed = Math.max(this.sealed, this.leaves.size);
      if (outcome === 'other') this.otherRoot(this.next);
      if (outcome === 'unknown') {
        this.plan.findings.add(
          'checkpoints',
          'other-root',
          `${name} cannot be compared: events that it covers are missing`,
        );
      }
      this.advance();
    }
  }

  private otherRoot({ name, root, size }: Signed): void {
    this.wrongRoots += 1;
    // Those that follow are wrong for the same reason.
    if (this.wrongRoots > 1) return this.plan.findings.addMore('checkpoints', 1);
    const first = `the first event that differs is one of positions ${this.sealed} to ${size - 1n}`;
    const made = this.leaves.root().toString('hex');
    const what = `${name} has the root ${root.toString('hex')}, and the events make ${made}: ${first}`;
    this.plan.findings.add('checkpoints', 'other-root', what);
  }

  /** The end of the events against what was sealed and stored: a ledger may be longer, and never shorter. */
  private checkEnd(): void {
    const { findings } = this.plan;
    const { size } = this.leaves;
    for (; this.leaves.size < this.stored.size;) this.missing();
    let until = BigInt(this.leaves.size);
    for (; this.next; this.advance()) {
      const { name, size: theirs } = this.next;
      if (theirs > until) until = theirs;
      findings.add(
        'checkpoints',
        'other-root',
        `${name} cannot be compared: the ledger has ${counted(this.count, 'event')}`,
      );
    }
    if (until > size) {
      findings.add(
        'order',
        'missing-event',
        `${missing(BigInt(size), until - 1n)}: ${this.stored.size > size ? 'the tree has' : 'a checkpoint covers'} ${until - BigInt(size) === 1n ? 'it' : 'them'}`,
      );
    }
  }

  /** What could not be read could not be compared either. */
  private leaveOut(): void {
    for (; this.next; this.advance()) {
      const what = `${this.next.name} cannot be compared: the ledger could be read up to position ${this.leaves.size - 1} only`;
      this.plan.findings.add('checkpoints', 'other-root', what);
    }
  }

  private advance(): void {
    const result = this.signed.next();
    this.next = result.done ? undefined : result.value;
    if (!this.next) return;
    const { size, name } = this.next;
    if (size < this.lastSize) {
      this.plan.findings.add('checkpoints', 'malformed-checkpoint', `${name} is not larger than those before it`);
    } else this.lastSize = size;
    // One that was passed by already has nothing to be compared with.
    if (size < this.leaves.size) this.advance();
  }
}
