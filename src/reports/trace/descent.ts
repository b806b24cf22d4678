import type { ArtifactSummary } from '../../views/artifacts/queries.js';
import type { ViewQueries } from '../../views/queries.js';

/** An artifact that something reached, and how far from it. */
export interface Reached {
  readonly artifact: ArtifactSummary;
  /** 0 for what was built from the commit itself, 1 for what was built on that, and so on. */
  readonly depth: number;
}

export interface Descent {
  readonly reached: readonly Reached[];
  /** There was more to follow than so many artifacts. */
  readonly isCut: boolean;
}

/**
 * The roots and all that was built on them, through any number of bases, breadth first: what is nearest is told even
 * where there is too much. No digest is followed twice, so bases that go round in a circle end.
 */
export async function descent(
  views: ViewQueries,
  roots: readonly ArtifactSummary[],
  { position, limit }: { readonly position: number; readonly limit: number },
): Promise<Descent> {
  const reached: Reached[] = roots.slice(0, limit).map((artifact) => ({ artifact, depth: 0 }));
  const seen = new Set(reached.map(({ artifact }) => artifact.digest));
  let isCut = roots.length > limit;
  for (let index = 0; index < reached.length && !isCut; index++) {
    const { artifact, depth } = reached[index] as Reached;
    // One more than there is room for, and those that are known already may come again.
    const children = await views.artifacts.builtOn(artifact.digest, position, limit + 1);
    for (const child of children.filter(({ digest }) => !seen.has(digest))) {
      isCut ||= reached.length === limit;
      if (isCut) break;
      seen.add(child.digest);
      reached.push({ artifact: child, depth: depth + 1 });
    }
  }
  return { reached, isCut };
}
