import { expect, it } from '@jest/globals';
import { CompactRange } from '../../../../src/ledger/merkle/compact-range.js';
import { EMPTY_ROOT, hashLeaf, hashNode } from '../../../../src/ledger/merkle/hash.js';
import { fullTiles, partialWidth, tilePath } from '../../../../src/ledger/merkle/tiles.js';
import { verifyConsistency, verifyInclusion } from '../../../../src/ledger/merkle/verify.js';
import { describeWithVectors, readJson, vectorFiles } from '../../../support/vectors.js';
import { codeOf } from '../code-of.js';

const MERKLE = 'transparency-dev-merkle';
const INCLUSION = `${MERKLE}/testdata/inclusion`;
const CONSISTENCY = `${MERKLE}/testdata/consistency`;

interface Vector {
  readonly root: string;
  readonly leafHash: string;
  readonly leafIdx: string;
  readonly treeSize: string;
  readonly root1: string;
  readonly root2: string;
  readonly size1: string;
  readonly size2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const hashes = (proof: Vector['proof']): Buffer[] => (proof ?? []).map(bytes);

describeWithVectors(INCLUSION, 'proofs of inclusion that others made', () => {
  const files = vectorFiles(INCLUSION);
  it('are 98', () => expect(files).toHaveLength(98));
  it.each(files)('%s', (file) => {
    const { leafIdx, treeSize, leafHash, proof, root, wantErr } = readJson<Vector>(`${INCLUSION}/${file}`);
    const claim = { index: BigInt(leafIdx), size: BigInt(treeSize), leafHash: bytes(leafHash), root: bytes(root) };
    expect(codeOf(() => verifyInclusion({ ...claim, proof: hashes(proof) })) !== undefined).toBe(wantErr);
  });
  it('keep a number that fits no double', () =>
    expect(readJson<Vector>(`${INCLUSION}/0/leafIdx-sub-@1.json`).leafIdx).toBe(String(2n ** 64n - 1n)));
});

describeWithVectors(CONSISTENCY, 'proofs of consistency that others made', () => {
  const files = vectorFiles(CONSISTENCY);
  it('are 98', () => expect(files).toHaveLength(98));
  it.each(files)('%s', (file) => {
    const { size1, size2, root1, root2, proof, wantErr } = readJson<Vector>(`${CONSISTENCY}/${file}`);
    const claim = { oldSize: BigInt(size1), oldRoot: bytes(root1), newSize: BigInt(size2), newRoot: bytes(root2) };
    expect(codeOf(() => verifyConsistency({ ...claim, proof: hashes(proof) })) !== undefined).toBe(wantErr);
  });
});

describeWithVectors(`${MERKLE}/rfc6962-tree.json`, 'a tree that others hashed', () => {
  interface Tree {
    readonly leafInputsHex: readonly string[];
    readonly nodeHashesByLevelHex: readonly (readonly string[])[];
    readonly rootHashesBySizeHex: readonly string[];
  }

  it('has the same nodes', () => {
    const { leafInputsHex, nodeHashesByLevelHex } = readJson<Tree>(`${MERKLE}/rfc6962-tree.json`);
    let level = leafInputsHex.map((hex) => hashLeaf(Buffer.from(hex, 'hex')));
    for (const expected of nodeHashesByLevelHex) {
      expect(level.map((hash) => hash.toString('hex'))).toEqual(expected);
      level = level.flatMap((left, index) => (index % 2 === 0 ? [hashNode(left, level[index + 1] ?? left)] : []));
    }
  });

  it('has the same root at every size', () => {
    const { leafInputsHex, rootHashesBySizeHex } = readJson<Tree>(`${MERKLE}/rfc6962-tree.json`);
    const range = new CompactRange();
    const roots = [range.root().toString('hex')];
    for (const hex of leafInputsHex) {
      range.add(hashLeaf(Buffer.from(hex, 'hex')));
      roots.push(range.root().toString('hex'));
    }
    expect(roots).toEqual(rootHashesBySizeHex);
  });
});

describeWithVectors('c2sp/spec-examples.json', 'the examples of C2SP tlog-tiles', () => {
  interface Examples {
    readonly tilesWorkedExamples: Record<string, Record<'full' | 'partial', Record<string, string>>>;
    readonly pathExample: { readonly index: string; readonly path: string };
    readonly emptyRootB64: string;
  }
  const examples = (): Examples => readJson('c2sp/spec-examples.json');
  const counts = (of: (level: number) => number): Record<string, string> =>
    Object.fromEntries(
      [0, 1, 2, 3].flatMap((level) => (of(level) > 0 ? [[String(level), String(of(level))] as const] : [])),
    );

  it.each(['70000', '256'])('of a tree of %s leaves', (size) =>
    expect({
      full: counts((level) => fullTiles(Number(size), level)),
      partial: counts((level) => partialWidth(Number(size), level)),
    }).toEqual(examples().tilesWorkedExamples[size]),
  );
  it('of a path', () => {
    const { index, path } = examples().pathExample;
    expect(tilePath({ level: 0, index: BigInt(index), width: 256 })).toBe(`tile/0/${path}`);
  });
  it('of the empty tree', () => expect(EMPTY_ROOT.toString('base64')).toBe(examples().emptyRootB64));
});
