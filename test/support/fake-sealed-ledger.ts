import type { RecordedEvent } from '../../src/event-store/port.js';
import { leafText } from '../../src/ledger/leaf.js';
import { hashLeaf } from '../../src/ledger/merkle/hash.js';
import { proveConsistency, proveInclusion, rootOf, type NodeSource } from '../../src/ledger/merkle/prove.js';
import { TILE_WIDTH, tileWidth } from '../../src/ledger/merkle/tiles.js';
import { signCheckpoint } from '../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey } from '../../src/ledger/note/keys.js';
import { hashNode } from '../../src/ledger/merkle/hash.js';
import type { LogKey, Seal, SealedLedger, SealerStatus } from '../../src/ledger/sealed-ledger.js';

/** A sealed ledger in memory, which seals when it is told to. Its tree is worked out from the leaves every time. */
export class FakeSealedLedger implements SealedLedger {
  readonly origin = 'cairn.test/ledger';
  readonly leaves: string[] = [];
  state: SealerStatus = { state: 'sealing' };
  /** How often somebody has waited. */
  waits = 0;
  private readonly signer = parseSigningKey(generateSigningKey(this.origin));
  private seals: Seal[] = [];
  private waiting: (() => void)[] = [];

  get verifierKey(): string {
    return this.signer.verifier.text;
  }

  add(events: readonly RecordedEvent[]): void {
    this.leaves.push(...events.map(leafText));
  }

  /** Seals all that there is. */
  seal(): void {
    const size = this.leaves.length;
    const root = rootOf(this.nodes, size);
    const note = signCheckpoint({ origin: this.origin, size: BigInt(size), root }, [this.signer]);
    this.seals.push({ size, root, note, signedAt: new Date().toISOString() });
    this.waiting.splice(0).forEach((wake) => wake());
  }

  newest(): Seal | undefined {
    return this.seals.at(-1);
  }

  keys(): readonly LogKey[] {
    return [{ number: 0, verifierKey: this.verifierKey, fromSize: 0 }];
  }

  status(): SealerStatus {
    return this.state;
  }

  tile(level: number, index: number, width: number): Buffer | undefined {
    if (width > tileWidth(this.newest()?.size ?? 0, level, index)) return undefined;
    const hashes = Array.from({ length: width }, (_, at) => this.nodes(8 * level, index * TILE_WIDTH + at));
    return Buffer.concat(hashes);
  }

  entries(index: number, width: number): Promise<Buffer | undefined> {
    if (width > tileWidth(this.newest()?.size ?? 0, 0, index)) return Promise.resolve(undefined);
    const entries = this.leaves.slice(index * TILE_WIDTH, index * TILE_WIDTH + width).map((leaf) => Buffer.from(leaf));
    return Promise.resolve(Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry])));
  }

  inclusionProof(position: number, size: number): Buffer[] {
    return proveInclusion(this.nodes, position, this.covered(size));
  }

  consistencyProof(oldSize: number, newSize: number): Buffer[] {
    return proveConsistency(this.nodes, oldSize, this.covered(newSize));
  }

  async waitFor(position: number, timeoutMs: number): Promise<boolean> {
    this.waits++;
    let timer: NodeJS.Timeout | undefined;
    const isCovered = () => (this.newest()?.size ?? 0) > position;
    if (!isCovered() && timeoutMs > 0) {
      await new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
        this.waiting.push(resolve);
      });
      clearTimeout(timer);
    }
    return isCovered();
  }

  private covered(size: number): number {
    if (size > (this.newest()?.size ?? 0)) throw new RangeError(`No seal covers ${size} entries`);
    return size;
  }

  /** RFC 6962, 2.1, of a full subtree. */
  private readonly nodes: NodeSource = (height, index) =>
    height === 0
      ? hashLeaf(this.leaves[index] ?? '')
      : hashNode(this.nodes(height - 1, 2 * index), this.nodes(height - 1, 2 * index + 1));
}

function lengthOf(entry: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(entry.length);
  return length;
}
