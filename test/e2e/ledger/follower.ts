import { createHash } from 'node:crypto';
import { tilePath } from '../../../src/ledger/merkle/tiles.js';
import { openCheckpoint, type OpenedCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey, type Verifier } from '../../../src/ledger/note/keys.js';
import { openNote } from '../../../src/ledger/note/signed-note.js';

/** Fetches from under a log's prefix; undefined where there is nothing. */
export type FetchTile = (path: string) => Promise<Buffer | undefined>;

const TILE = 256;
const HASH = 32;

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
export const hashOfLeaf = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);

/** RFC 6962, 2.1, word for word. */
export function merkleTreeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length <= 1) return leaves[0] ?? sha256();
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), merkleTreeHash(leaves.slice(0, split)), merkleTreeHash(leaves.slice(split)));
}

/**
 * Follows a log as C2SP tlog-tiles describes it, and believes nothing but what the verifier key has signed. It comes to
 * believe another key by a statement that both have signed.
 */
export class Follower {
  private keys: Verifier[];

  constructor(
    private readonly origin: string,
    verifierKey: string,
    private readonly fetchTile: FetchTile,
  ) {
    this.keys = [parseVerifierKey(verifierKey)];
  }

  open(note: string): OpenedCheckpoint {
    return openCheckpoint(note, this.origin, this.keys);
  }

  /** @throws LedgerError when the statement is not signed by the newest key that is trusted, and by the one it names */
  trust(statement: string): void {
    const newest = this.keys.at(-1) as Verifier;
    const { text } = openNote(statement, [newest]);
    const [title, origin, size, key = '', end] = text.split('\n');
    if (title !== 'cairn key rotation v1' || origin !== this.origin || !/^\d+$/.test(size ?? '') || end !== '') {
      throw new Error(`no statement of a rotation: ${text}`);
    }
    const verifier = parseVerifierKey(key);
    openNote(statement, [verifier]);
    this.keys.push(verifier);
  }

  /** The leaf hashes of the tree of a checkpoint, from its tiles alone; every level is held against the one below. */
  async leafHashes(checkpoint: OpenedCheckpoint): Promise<Buffer[]> {
    const size = Number(checkpoint.size);
    let below: Buffer[] | undefined;
    const leaves = await this.level(0, size);
    below = leaves;
    for (let level = 1; Math.floor(size / TILE ** level) > 0; level++) {
      const count = Math.floor(size / TILE ** level);
      const hashes = await this.level(level, count);
      hashes.forEach((hash, index) => {
        const own = merkleTreeHash((below as Buffer[]).slice(index * TILE, (index + 1) * TILE));
        if (!own.equals(hash)) throw new Error(`hash ${index} of level ${level} is not that of its tile`);
      });
      below = hashes;
    }
    if (!merkleTreeHash(leaves).equals(checkpoint.root))
      throw new Error(`the tiles do not lead to the root of ${size}`);
    return leaves;
  }

  /** The entries under a checkpoint, each of which hashes to its leaf. */
  async entries(checkpoint: OpenedCheckpoint): Promise<string[]> {
    const leaves = await this.leafHashes(checkpoint);
    const entries: Buffer[] = [];
    for (const { index, width } of tilesOf(leaves.length)) {
      const bundle = await this.fetch(tilePath({ level: 'entries', index: BigInt(index), width }));
      const split = splitBundle(bundle);
      if (split.length !== width) throw new Error(`bundle ${index} has ${split.length} entries, not ${width}`);
      entries.push(...split);
    }
    entries.forEach((entry, at) => {
      if (!hashOfLeaf(entry).equals(leaves[at] as Buffer)) throw new Error(`entry ${at} is not its leaf`);
    });
    return entries.map((entry) => entry.toString());
  }

  private async level(level: number, count: number): Promise<Buffer[]> {
    const hashes: Buffer[] = [];
    for (const { index, width } of tilesOf(count)) {
      const tile = await this.fetch(tilePath({ level, index: BigInt(index), width }));
      if (tile.length !== width * HASH) throw new Error(`tile ${level}/${index} has ${tile.length} bytes`);
      for (let at = 0; at < width; at++) hashes.push(tile.subarray(at * HASH, (at + 1) * HASH));
    }
    return hashes;
  }

  private async fetch(path: string): Promise<Buffer> {
    const tile = await this.fetchTile(path);
    if (!tile) throw new Error(`there is no ${path}`);
    return tile;
  }
}

/** Full tiles of a level with so many hashes, and the partial one after them. */
function tilesOf(count: number): { index: number; width: number }[] {
  const full = Math.floor(count / TILE);
  const tiles = Array.from({ length: full }, (_, index) => ({ index, width: TILE }));
  return count % TILE === 0 ? tiles : [...tiles, { index: full, width: count % TILE }];
}

function splitBundle(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length;) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) throw new Error('a bundle ends within an entry');
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
