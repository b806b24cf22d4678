import { CompactRange } from '../merkle/compact-range.js';
import { peaks, proveConsistency, rootOf, type NodeSource } from '../merkle/prove.js';
import { signCheckpoint } from '../note/checkpoint.js';
import type { Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { Seal } from '../sealed-ledger.js';
import type { SealStore } from '../seals/store.js';
import { checkTree, checkWritten } from '../tree/check.js';
import { nodesOf } from '../tree/nodes.js';
import type { TreeStore } from '../tree/store.js';
import { EventChecks, leafHashOf, type EventLookup } from './check-events.js';
import { checkExtends, checkSigned, sizesOf } from './check-seals.js';
import { describeDivergence } from './divergence.js';
import type { SharedLog } from './shared-log.js';
import { goOn, type AtStep } from './steps.js';

/** Events that are read and written together: a few tiles, and some ten milliseconds. */
const BATCH_EVENTS = 2_000;

export interface SealerPorts {
  readonly events: EventLookup;
  readonly seals: SealStore;
  readonly origin: string;
  /** Undefined where another server has the log's key. */
  readonly signer: () => Signer | undefined;
  /** Where several servers sign one log: what it has come to. */
  readonly shared?: SharedLog;
  /** Opens the tree; `isAnew`: an empty one, whatever was there. */
  readonly openTree: (isAnew: boolean) => TreeStore;
  /** Before anything is signed that extends the last. @throws SealError when it must not be */
  readonly beforeSign?: (last: Seal | undefined) => Promise<void>;
  /** What else has to know of a checkpoint before it is shown. @returns why it may not be shown yet */
  readonly afterSeal?: (seal: Seal) => Promise<string | undefined>;
  readonly publish: (seal: Seal) => void;
  readonly log: (line: string) => void;
  readonly nowMs?: () => number;
  readonly at?: AtStep;
  readonly batchEvents?: number;
}

/**
 * Makes the ledger's events the leaves of a tree, and signs its root. It believes nothing that it can look up: what it
 * reads it checks, what it has written it reads back, and before it signs it proves to itself, from the file of
 * seals and the tiles, that the new tree begins with the last one that it signed.
 */
export class Sealer {
  private readonly at: AtStep;
  private readonly batchEvents: number;
  private readonly checks: EventChecks;
  private tree: TreeStore | undefined;
  private range = new CompactRange();
  private last: Seal | undefined;
  /** The tree was made from the events alone since the start: what it has is what the ledger has. */
  private isMadeAnew = false;
  private unpublished: Seal | undefined;
  /** Something was shown since the start. */
  private isShown = false;

  constructor(private readonly ports: SealerPorts) {
    this.at = ports.at ?? goOn;
    this.checks = new EventChecks(ports.events);
    this.batchEvents = ports.batchEvents ?? BATCH_EVENTS;
  }

  /** How many events the tree has. */
  get size(): number {
    return this.range.size;
  }

  /** Whether there is more in the tree than was signed. */
  get hasUnsigned(): boolean {
    return this.size > (this.last?.size ?? 0);
  }

  /** Whether it is to look again at once: others have signed meanwhile. */
  get isBehind(): boolean {
    return this.ports.shared?.isBehind ?? false;
  }

  /**
   * Takes the tree up where the last checkpoint is: whatever it has beyond that was never signed, and is made again.
   * To be called at the beginning and after any error.
   *
   * @throws SealError
   */
  async start(): Promise<void> {
    this.last = this.checkedLast();
    this.unpublished = undefined;
    this.checks.forget();
    this.ports.shared?.forget();
    const tree = await this.soundTree();
    const size = Math.min(tree.size(), this.last?.size ?? 0);
    tree.truncate(size);
    this.range = CompactRange.from(size, peaks(this.nodes(size), size));
    if (this.last?.size === size) this.unpublished = this.last;
  }

  /**
   * Adds the next batch of events to the tree, and takes over what others have signed of it.
   *
   * @returns whether there may be more
   * @throws SealError `diverged`, `unsound`
   */
  async integrate(): Promise<boolean> {
    const from = this.size;
    const signed = this.last?.size ?? 0;
    // Before events are read, so that those which others have signed are among them.
    if (from >= signed && (await this.ports.shared?.pull())) return this.bring();
    const others = from >= signed ? (this.ports.shared?.next()?.size ?? 0) : 0;
    // Up to what was signed first, so that it can be compared.
    const bound = Math.max(signed, others);
    const limit = Math.min(this.batchEvents, from < bound ? bound - from : Infinity);
    const hashes = await this.readLeafHashes(from, limit);
    if (hashes.length > 0) {
      this.openTree().write(from, hashes);
      this.at('read-back');
      checkWritten(this.openTree(), from, hashes);
      for (const hash of hashes) this.range.add(hash);
    }
    if (this.size < bound && hashes.length < limit) throw await this.tooShort(this.size, bound);
    if (from < signed && this.size === signed) await this.compareWithLast();
    const hasTaken = from >= signed && (await this.takeOthers());
    return hasTaken || hashes.length === limit;
  }

  /** Signs the tree, where it is larger than the last one that was signed, and shows it. */
  async seal(): Promise<void> {
    const { shared } = this.ports;
    if (this.size >= (this.last?.size ?? 0)) await this.ports.beforeSign?.(this.last);
    if (shared?.isCaughtUp) await shared.settleKeys();
    const signer = this.ports.signer();
    if (this.hasUnsigned && signer && (shared?.isCaughtUp ?? true)) await this.sign(signer);
    await this.offer();
  }

  /** Shows the newest checkpoint, if that is still to be done. @returns why it may not be shown yet */
  async offer(): Promise<string | undefined> {
    const seal = this.unpublished;
    if (!seal) return undefined;
    this.at('after-seal');
    const reason = await this.ports.afterSeal?.(seal);
    if (reason !== undefined) return reason;
    this.at('publish');
    this.ports.publish(seal);
    this.isShown = true;
    this.unpublished = undefined;
    return undefined;
  }

  /** Shows what was signed last, whatever has become of the events and the tree since: that is when it is needed. */
  async offerLast(): Promise<void> {
    if (this.isShown) return;
    this.unpublished = this.last;
    await this.offer();
  }

  /** RFC 6962, 2.1.2, of the tree as it is now. */
  consistencyProof(oldSize: number, newSize: number): Buffer[] {
    return proveConsistency(this.nodes(newSize), oldSize, newSize);
  }

  /** Lets go of the tree's file. */
  close(): void {
    this.tree?.close();
    this.tree = undefined;
  }

  /** Throws the tree away, and begins another one from the first event. */
  makeAnew(reason: string): void {
    this.ports.log(`The tree is made anew from the events: ${reason}`);
    this.close();
    this.tree = this.ports.openTree(true);
    this.isMadeAnew = true;
  }

  private async sign(signer: Signer): Promise<void> {
    const { seals, origin, shared } = this.ports;
    const { size } = this;
    const root = this.range.root();
    this.at('read-back');
    if (!rootOf(this.nodes(size), size).equals(root)) {
      throw new SealError('tree-damaged', `the tree's tiles have another root over ${size} entries than was computed`);
    }
    this.at('load-last-seal');
    const last = this.checkedLast();
    if (last?.size !== this.last?.size || (last && !last.root.equals(this.last?.root ?? Buffer.alloc(0)))) {
      throw new SealError('superseded', `somebody else has signed a tree of ${last?.size ?? 0} entries meanwhile`);
    }
    if (last) checkExtends(this.nodes(size), last, { size, root });
    this.at('sign');
    const note = signCheckpoint({ origin, size: BigInt(size), root }, [signer]);
    const signedAt = new Date(this.ports.nowMs?.() ?? Date.now()).toISOString();
    // Another server's clock may be ahead of this one's, and times in the log do not go back.
    const seal: Seal = { size, root, note, signedAt: last && last.signedAt > signedAt ? last.signedAt : signedAt };
    checkSigned(seals, origin, seal);
    if (shared && !(await shared.add(seal))) return;
    seals.insert(seal, last?.size ?? 0);
    this.last = seal;
    this.unpublished = seal;
  }

  /** Takes over the checkpoints that others have signed, as far as the tree goes. @returns whether there were any */
  private async takeOthers(): Promise<boolean> {
    const { shared } = this.ports;
    let hasTaken = false;
    for (let seal = shared?.next(); seal && seal.size <= this.size; seal = shared?.next()) {
      await this.checkOthers(seal);
      shared?.take(seal);
      this.last = seal;
      this.unpublished = seal;
      hasTaken = true;
    }
    return hasTaken;
  }

  /** What another server has signed is the beginning of this tree, and begins with what was signed before. */
  private async checkOthers(seal: Seal): Promise<void> {
    const { last } = this;
    const nodes = this.nodes(seal.size);
    const root = rootOf(nodes, seal.size);
    if (last && (seal.size <= last.size || seal.signedAt < last.signedAt)) {
      throw new SealError('diverged', `Another server has signed ${seal.size} entries after ${last.size}`);
    }
    if (!root.equals(seal.root)) {
      const what = `another server has signed the root ${seal.root.toString('base64')} over ${seal.size} entries, and here it is ${root.toString('base64')}`;
      if (this.isMadeAnew) throw await this.diverged(what);
      throw new SealError('tree-damaged', what);
    }
    if (last) checkExtends(nodes, last, seal);
  }

  /** A log comes to a store that knows nothing of it: first all that was signed has to be what that store has. */
  private async bring(): Promise<boolean> {
    if (this.isMadeAnew) await this.ports.shared?.bring();
    else {
      this.makeAnew('the store has no seals of it yet, so all of its events are held against those here');
      await this.start();
    }
    return true;
  }

  /** The last checkpoint, once it is seen to be what the log's key signed. */
  private checkedLast(): Seal | undefined {
    const { seals, origin } = this.ports;
    const last = seals.last();
    if (last) checkSigned(seals, origin, last);
    return last;
  }

  /** The tree as it is there, when all of it fits together and has the root that was signed; else an empty one. */
  private async soundTree(): Promise<TreeStore> {
    try {
      const tree = this.openTree();
      await checkTree(tree);
      const { last } = this;
      const isSigned =
        last === undefined || tree.size() < last.size || rootOf(this.nodes(last.size), last.size).equals(last.root);
      if (isSigned) return tree;
      this.makeAnew(`its root over ${last.size} entries is not the one that was signed`);
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== 'tree-damaged') throw error;
      this.makeAnew(error.message);
    }
    return this.openTree();
  }

  /** The batch begins with the event before it, which has to be the one that the tree ends with. */
  private async readLeafHashes(from: number, limit: number): Promise<Buffer[]> {
    this.at('read-batch');
    const overlap = from > 0 ? 1 : 0;
    const events = await this.ports.events.readAll(from - overlap, limit + overlap);
    if (overlap > 0) {
      const [before] = events.splice(0, 1);
      if (before?.position !== from - 1) throw await this.tooShort(from);
      if (!leafHashOf(before).equals(this.nodes(from)(0, from - 1)))
        throw await this.diverged(`event ${from - 1} is another one`);
    }
    return this.checks.leafHashes(events, from, from < (this.last?.size ?? 0));
  }

  /** A tree that was made anew has come to where the last checkpoint is. */
  private async compareWithLast(): Promise<void> {
    const { last } = this;
    if (!last) return;
    const root = this.range.root();
    if (root.equals(last.root)) {
      this.unpublished = last;
      return;
    }
    if (this.isMadeAnew) throw await this.diverged(sizesOf(last, { size: this.size, root }));
    this.makeAnew(`its root over ${last.size} entries is not the one that was signed`);
    await this.start();
  }

  private async tooShort(from: number, signed = this.last?.size ?? this.size): Promise<SealError> {
    const events = await this.ports.events.readAll(Math.max(0, from - this.batchEvents), this.batchEvents);
    const found = (events.at(-1)?.position ?? -1) + 1;
    return this.diverged(`the ledger has ${found} events where ${signed} were signed`);
  }

  private async diverged(what: string): Promise<SealError> {
    const { events, seals } = this.ports;
    const where = await describeDivergence({ events, seals, tree: this.openTree() });
    return new SealError('diverged', `The ledger is not what was signed: ${what}. ${where}`);
  }

  private nodes(size: number): NodeSource {
    const tree = this.openTree();
    return nodesOf((level, index) => tree.tile(level, index), size);
  }

  private openTree(): TreeStore {
    this.tree ??= this.ports.openTree(false);
    return this.tree;
  }
}
