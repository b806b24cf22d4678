import type { Stay } from '../../views/known-good/service-history.js';
import type { ViewQueries } from '../../views/queries.js';

/** The artifact that a roll-back without a digest would go to. */
export interface Target {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  /** The change that last made it live here. */
  readonly changeId: string;
  readonly liveSince: string;
}

/**
 * What was live before, newest first: the first that was not rolled back away from, stands in the environment, and is
 * not revoked, nor any of its bases. These are the rules that the roll-back itself goes by.
 */
export async function findWayBack(
  stays: readonly Stay[],
  { environment, position }: { readonly environment: string; readonly position: number },
  views: ViewQueries,
): Promise<Target | undefined> {
  for (const stay of candidates(stays)) {
    const { digest, component, version, changeId, since } = stay;
    if (digest === null) continue;
    if (!(await views.knownGood.standingAt(environment, digest, position))) continue;
    const artifact = await views.artifacts.get(digest, position);
    if (artifact?.revoked || artifact?.lineage.some(({ revoked }) => revoked)) continue;
    return { digest, component: component ?? '', version: version ?? '', changeId: changeId ?? '', liveSince: since };
  }
  return undefined;
}

/** Each earlier digest as it was live last, unless that stay ended with a roll-back. */
export function candidates(stays: readonly Stay[]): Stay[] {
  const [live, ...earlier] = stays;
  const seen = new Set([live?.digest]);
  return earlier.filter((stay, index) => {
    if (stay.digest === null || seen.has(stay.digest)) return false;
    seen.add(stay.digest);
    // The stay after it, one place before it in the list, says how it ended.
    return stays[index]?.endedBefore !== 'rolled-back';
  });
}
