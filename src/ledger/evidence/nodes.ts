import type { NodeSource } from '../merkle/prove.js';

/** Nodes that are kept: some 20 MB of them. */
const NODES_MAX = 200_000;

/** Tree nodes of which each is computed once for proofs that follow one another, as those of a package do. */
export function remembered(nodes: NodeSource): NodeSource {
  const known = new Map<string, Buffer>();
  return (height, index) => {
    const key = `${height}/${index}`;
    const hash = known.get(key) ?? nodes(height, index);
    // What came first is needed last: proofs go from the left to the right.
    if (known.size >= NODES_MAX) known.clear();
    known.set(key, hash);
    return hash;
  };
}
