import type { EventReader } from '../../event-store/port.js';
import { HASH_BYTES, hashLeaf } from '../merkle/hash.js';
import { TILE_WIDTH } from '../merkle/tiles.js';
import { SealError } from '../seal-errors.js';
import type { Seal, SealedLedger } from '../sealed-ledger.js';
import { CheckedTiles } from '../tree/checked-tiles.js';
import { TreeReader } from '../tree/reader.js';
import { leafBytes } from './check-events.js';

export interface ShownTreePorts {
  /** The tree's, which may be put in another's place at any time. */
  readonly file: string;
  readonly events: Pick<EventReader, 'readAll'>;
  readonly log: (line: string) => void;
  /** What is damaged is not shown. @returns what is said of that to whoever asks */
  readonly onDamage: (error: SealError) => string;
}

type Shown = Pick<SealedLedger, 'newest' | 'tile' | 'entries' | 'inclusionProof' | 'consistencyProof'>;

/** The tree under the newest checkpoint that may be shown, read where it is. */
export class ShownTree implements Shown {
  private readonly tiles = new CheckedTiles((level, index) => this.openTree().tile(level, index));
  private tree: TreeReader | undefined;
  private current: Seal | undefined;

  constructor(private readonly ports: ShownTreePorts) {}

  newest(): Seal | undefined {
    return this.current;
  }

  show(seal: Seal | undefined): void {
    this.current = seal;
  }

  /** Lets go of the tree's file. It is opened again when it is needed. */
  close(): void {
    this.tree?.close();
    this.tree = undefined;
  }

  tile(level: number, index: number, width: number): Buffer | undefined {
    const { current } = this;
    return current && this.fromTree(() => this.tiles.tile(current, { level, index, width }));
  }

  async entries(index: number, width: number): Promise<Buffer | undefined> {
    const hashes = this.tile(0, index, width);
    if (!hashes) return undefined;
    const from = index * TILE_WIDTH;
    const events = await this.ports.events.readAll(from, width);
    const parts = Array.from({ length: width }, (_, at) => {
      const event = events[at];
      const leaf = Buffer.from(event?.position === from + at ? leafBytes(event) : '');
      if (!hashLeaf(leaf).equals(hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)))
        throw this.altered(from + at);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return Buffer.concat([length, leaf]);
    });
    return Buffer.concat(parts);
  }

  inclusionProof(position: number, size: number): Buffer[] {
    const seal = this.sealFor(size);
    return this.fromTree(() => this.tiles.inclusionProof(seal, position, size));
  }

  consistencyProof(oldSize: number, newSize: number): Buffer[] {
    const seal = this.sealFor(newSize);
    return this.fromTree(() => this.tiles.consistencyProof(seal, oldSize, newSize));
  }

  private sealFor(size: number): Seal {
    const { current } = this;
    if (current && size <= current.size) return current;
    throw new RangeError(`No checkpoint covers ${size} entries: the newest has ${current?.size ?? 0}`);
  }

  private openTree(): TreeReader {
    this.tree ??= TreeReader.open(this.ports.file);
    return this.tree;
  }

  private fromTree<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SealError) || error.code !== 'tree-damaged') throw error;
      throw new SealError('unavailable', this.ports.onDamage(error), { cause: error });
    }
  }

  private altered(position: number): SealError {
    const message = `The event at position ${position} is not the one that was signed`;
    this.ports.log(message);
    return new SealError('diverged', message);
  }
}
