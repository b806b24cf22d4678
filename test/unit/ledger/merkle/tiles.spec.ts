import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeEntries, encodeEntries, ENTRY_BYTES_MAX } from '../../../../src/ledger/merkle/entries.js';
import { proveInclusion, rootOf } from '../../../../src/ledger/merkle/prove.js';
import {
  fullTiles,
  nodesOfTiles,
  parseTilePath,
  partialWidth,
  TILE_WIDTH,
  tilePath,
  tileWidth,
  type TileName,
} from '../../../../src/ledger/merkle/tiles.js';
import { codeOf } from '../code-of.js';
import { distinctTree, sparseTree, type ReferenceTree } from './reference-tree.js';

const SIZE_MAX = 2_000;

/** C2SP tlog-tiles: MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]) for i from 0, as many as are there. */
function tileOf(tree: ReferenceTree, size: bigint, level: number, index: number): Buffer {
  const span = 256n ** BigInt(level);
  const hashes: Buffer[] = [];
  for (let i = 0n; i < 256n; i++) {
    const from = (BigInt(index) * 256n + i) * span;
    if (from + span > size) break;
    hashes.push(tree.root(from, from + span));
  }
  return Buffer.concat(hashes);
}

/** Tiles of a tree of this size and no other: none that is not there is asked for. */
const tilesOf = (tree: ReferenceTree, size: number) => {
  const made = new Map<string, Buffer>();
  return (level: number, index: number): Buffer => {
    const name = `${level}/${index}`;
    const tile = made.get(name) ?? tileOf(tree, BigInt(size), level, index);
    made.set(name, tile);
    if (tile.length === 0) throw new Error(`There is no tile ${name}`);
    return tile;
  };
};

describe('the nodes of tiles', () => {
  it(`make the root of every size to ${SIZE_MAX}, and the proofs`, () => {
    const tree = distinctTree();
    for (let size = 1; size <= SIZE_MAX; size++) {
      // Tiles of a size differ from those of the next in their width only, which the cache of one size keeps apart.
      const nodes = nodesOfTiles(tilesOf(tree, size));
      if (!rootOf(nodes, size).equals(tree.root(0n, BigInt(size)))) throw new Error(`Another root of ${size}`);
      if (size % 97 !== 0) continue;
      const index = (size * 7) % size;
      expect(proveInclusion(nodes, index, size)).toEqual(tree.path(BigInt(index), BigInt(size)));
    }
  });

  it('make the root and the proofs of trees of three levels and more', () =>
    fc.assert(
      fc.property(fc.integer({ min: 65_536, max: 2 ** 53 - 1 }), fc.nat(), (size, seed) => {
        const index = (seed * 1_000_003) % size;
        const tree = sparseTree(BigInt(index));
        const nodes = nodesOfTiles(tilesOf(tree, size));
        expect(rootOf(nodes, size)).toEqual(tree.root(0n, BigInt(size)));
        expect(proveInclusion(nodes, index, size)).toEqual(tree.path(BigInt(index), BigInt(size)));
      }),
      { numRuns: 15 },
    ));

  it('are not made of a tile that is too short', () => {
    const tree = distinctTree();
    const nodes = nodesOfTiles(() => tileOf(tree, 5n, 0, 0));
    expect(nodes(2, 0)).toEqual(tree.root(0n, 4n));
    expect(() => nodes(1, 2)).toThrow(RangeError);
    expect(() => nodes(3, 0)).toThrow(RangeError);
  });
});

describe('the width of a tile', () => {
  it('is how many hashes the definition has of it, for every size', () => {
    const sizes = fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.maxSafeNat());
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 7 }), fc.nat(300), (size, level, beside) => {
        // The last tile of a level, those beside it, and one anywhere.
        for (const index of [fullTiles(size, level), fullTiles(size, level) - 1, fullTiles(size, level) + 1, beside]) {
          if (index < 0) continue;
          const from = BigInt(index) * 256n;
          const there = BigInt(size) / 256n ** BigInt(level);
          const width = there <= from ? 0n : there - from > 256n ? 256n : there - from;
          expect(tileWidth(size, level, index)).toBe(Number(width));
        }
        expect(partialWidth(size, level)).toBe(Number((BigInt(size) / 256n ** BigInt(level)) % 256n));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the path of a tile', () => {
  const names = fc.record<TileName>({
    level: fc.oneof(fc.integer({ min: 0, max: 63 }), fc.constant('entries' as const)),
    index: fc.bigInt(0n, 2n ** 64n - 1n),
    width: fc.integer({ min: 1, max: TILE_WIDTH }),
  });

  it.each<[TileName, string]>([
    [{ level: 0, index: 0n, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 0n, width: 1 }, 'tile/0/000.p/1'],
    [{ level: 63, index: 999n, width: 255 }, 'tile/63/999.p/255'],
    [{ level: 1, index: 1_000n, width: 256 }, 'tile/1/x001/000'],
    [{ level: 'entries', index: 1_234_067n, width: 256 }, 'tile/entries/x001/x234/067'],
    [{ level: 0, index: 2n ** 64n - 1n, width: 17 }, 'tile/0/x018/x446/x744/x073/x709/x551/615.p/17'],
  ])('of %p is %s', (name, path) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it('is read as it is written', () =>
    fc.assert(fc.property(names, (name) => expect(parseTilePath(tilePath(name))).toEqual(name))));

  it('of any text is a name that is written the same, or refused', () => {
    const pieces = fc.constantFrom('tile', '/', '0', '1', '255', '256', 'entries', 'x', '000', '001', '.p', '.p/', ' ');
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 12 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const code = codeOf(() => parseTilePath(text));
        if (code === undefined) expect(tilePath(parseTilePath(text))).toBe(text);
        else expect(code).toBe('malformed-tile-path');
      }),
      { numRuns: 2_000 },
    );
  });

  const MALFORMED: Record<string, string[]> = {
    'it has a level that is none': [
      'tile/64/000',
      'tile/00/000',
      'tile/-1/000',
      'tile/+1/000',
      'tile/1e1/000',
      'tile//000',
    ],
    'its level is a word': ['tile/data/000', 'tile/ENTRIES/000', 'tile/entries0/000'],
    'its index is not in groups of three digits': [
      'tile/0/0',
      'tile/0/0000',
      'tile/0/1234067',
      'tile/0/x01/234',
      'tile/0/',
    ],
    'its index has another form': [
      'tile/0/001/234',
      'tile/0/x001/x234',
      'tile/0/X001/234',
      'tile/0/x001/',
      'tile/0/x001',
    ],
    'its index has a group of zeros too many': ['tile/0/x000/000', 'tile/0/x000/x001/234'],
    'its index has more than 64 bits': ['tile/0/x018/x446/x744/x073/x709/x551/616', `tile/0/${'x999/'.repeat(40)}999`],
    'its width is none': [
      'tile/0/000.p/0',
      'tile/0/000.p/256',
      'tile/0/000.p/01',
      'tile/0/000.p/',
      'tile/0/000.p',
      'tile/0/000.p/1.5',
    ],
    'something stands around it': [
      '/tile/0/000',
      'tile/0/000/',
      'tile/0/000\n',
      ' tile/0/000',
      'tile/0/000?',
      'tile/0/000.p/1/',
    ],
    'it climbs': ['tile/0/../000', 'tile/0/x001/../000', 'tile/../tile/0/000'],
    'its digits are not those of ASCII': ['tile/0/٠٠٠', 'tile/0/００0'],
  };
  describe.each(Object.entries(MALFORMED))('when %s', (_, paths) => {
    it.each(paths)('is refused: %j', (path) => expect(codeOf(() => parseTilePath(path))).toBe('malformed-tile-path'));
  });
});

describe('a bundle of entries', () => {
  const bundles = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: TILE_WIDTH });

  it('is read as it is written', () =>
    fc.assert(
      fc.property(bundles, (entries) => {
        const bundle = encodeEntries(entries);
        expect(decodeEntries(bundle, entries.length)).toEqual(entries.map((entry) => Buffer.from(entry)));
        expect(bundle).toHaveLength(entries.reduce((sum, { length }) => sum + 2 + length, 0));
      }),
    ));

  it('has the length of each entry before it, in bytes', () => {
    expect(encodeEntries(['é', '']).toString('hex')).toBe('0002c3a90000');
    expect(decodeEntries(encodeEntries([Buffer.alloc(ENTRY_BYTES_MAX)]), 1)[0]).toHaveLength(65_535);
    expect(() => encodeEntries([Buffer.alloc(ENTRY_BYTES_MAX + 1)])).toThrow(RangeError);
  });

  it('of any bytes has the entries that are written the same, or is refused', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 40 }), fc.integer({ min: 1, max: 256 }), (numbers, width) => {
        const bytes = Uint8Array.from(numbers);
        const code = codeOf(() => decodeEntries(bytes, width));
        if (code === undefined) expect(encodeEntries(decodeEntries(bytes, width))).toEqual(Buffer.from(bytes));
        else expect(code).toBe('malformed-entries');
      }),
      { numRuns: 2_000 },
    ));

  describe.each([
    ['it is empty', '', 1],
    ['it ends within a length', '000161' + '00', 2],
    ['it ends within an entry', '000361' + '62', 1],
    ['it has an entry too few', '000161', 2],
    ['it has an entry too many', '0001610000', 1],
  ])('when %s', (_, hex, width) => {
    it('is refused', () =>
      expect(codeOf(() => decodeEntries(Buffer.from(hex, 'hex'), width))).toBe('malformed-entries'));
  });

  it.each([0, 257, -1, Number.NaN])('is of no tile that is %d wide', (width) =>
    expect(() => decodeEntries(Buffer.alloc(2), width)).toThrow(RangeError),
  );
});
