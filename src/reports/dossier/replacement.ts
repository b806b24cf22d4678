import type { ArtifactSummary } from '../../views/artifacts/queries.js';
import type { Facts } from './facts.js';
import { changeLink, none, type None } from './words.js';

/** What took the traffic just before, and how the new artifact differs from it. */
export interface ReplacementSection {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly since: string;
  readonly sinceOccurredAt: string;
  readonly change: { readonly changeId: string; readonly link: string };
  /** False where the change was refused, was given up or is still open. */
  readonly happened: boolean;
  /** What differs, each field with its old and its new value. */
  readonly difference: readonly Difference[] | None;
}

interface Difference {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
}

export function replacementOf(facts: Facts): ReplacementSection | None {
  const { change, before } = facts;
  const { environment, service, kind } = change;
  if (environment === undefined || service === undefined) return none('The command named no service.');
  if (change.effect === 'none') return none('It was live already: nothing was replaced.');
  if (!before?.stay.digest) return none(`Nothing took the traffic of ${service} in ${environment} before it.`);
  if (kind === 'retirement' && change.replaced === undefined && change.outcome !== 'refused') {
    return none('A deprecated instance was recycled: the traffic stayed where it was.');
  }
  const { digest, component, version, layer, since, sinceOccurredAt, changeId } = before.stay;
  return {
    ...{ digest, component: component ?? '', version: version ?? '', layer: layer ?? '', since, sinceOccurredAt },
    change: { changeId: changeId ?? '', link: changeLink(changeId ?? '') },
    happened: change.outcome === 'succeeded' || change.outcome === 'rolled-back',
    difference: differenceOf(facts),
  };
}

function differenceOf({ change, before, artifact }: Facts): readonly Difference[] | None {
  if (change.kind === 'retirement') return none('Nothing took its place.');
  if (!artifact || !before?.artifact) return none('One of the two was not baked by a pipeline.');
  if (before.artifact.digest === artifact.digest) return none('It is the same artifact.');
  const [old, next] = [comparable(before.artifact), comparable(artifact)];
  return Object.keys(next)
    .map((field) => ({ field, from: old[field] ?? null, to: next[field] ?? null }))
    .filter(({ from, to }) => from !== to);
}

const comparable = (artifact: ArtifactSummary): Record<string, string | undefined> => ({
  component: artifact.component,
  version: artifact.version,
  layer: artifact.layer,
  kind: artifact.kind,
  repository: artifact.sourceRepository,
  commit: artifact.sourceCommit,
  ref: artifact.sourceRef,
  author: artifact.sourceAuthor,
  base: artifact.base,
  configuration: artifact.configuration,
  pipeline: artifact.pipeline,
});
