import { bakeLine, type ImportLine } from './stand-ins.js';
import type { Row } from './straight-line.js';

export const REGISTRY_FILE = 'k8s-registry-promotions.ndjson.gz';
export const BACKFILL_FILE = 'k8s-legacy-backfill.ndjson.gz';
export const REGISTRY = 'registry';
export const PROMOTER = 'kubernetes';

export interface RegistryRow {
  readonly seq: number;
  readonly time: string;
  readonly commit: string;
  readonly action: 'promoted' | 're-promoted' | 'removed';
  readonly staging_project: string;
  readonly image: string;
  readonly digest: string;
  readonly tag: string | null;
}

export interface RegistryChange extends Row {
  readonly image: string;
  readonly commit: string;
}

const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** Whether this row's digest cannot be one. Really merged upstream, found out hours or a year later. */
export const isMalformed = ({ digest }: Row): boolean => digest !== undefined && !isDigest(digest);

/** `<project>/<image>:<tag>`, or `<project>/<image>@<12 hex>` where an image has no tag. */
const serviceOf = ({ staging_project: project, image, tag, digest }: RegistryRow): string =>
  tag === null ? `${project}/${image}@${digest.replace('sha256:', '').slice(0, 12)}` : `${project}/${image}:${tag}`;

/** Rows as changes; a digest is baked at its first row and never again, whatever other image names it later. */
export function registryChanges(rows: readonly RegistryRow[]): RegistryChange[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const { action, time, image, commit, digest, tag } = row;
    const change = { time, environment: REGISTRY, service: serviceOf(row), image, commit, bakes: false };
    if (action === 'removed') return change;
    const bakes = !seen.has(digest);
    seen.add(digest);
    return { ...change, digest, component: image, version: tag ?? digest.slice(-12), bakes };
  });
}

/**
 * What the straight line has to hold of a digest that is promoted: the component and version that it was baked with,
 * which are those of its first row.
 */
export function asBaked(changes: readonly RegistryChange[]): RegistryChange[] {
  const first = new Map<string, RegistryChange>();
  return changes.map((change) => {
    if (change.digest === undefined) return change;
    if (!first.has(change.digest)) first.set(change.digest, change);
    const { component = '', version = '' } = first.get(change.digest) ?? change;
    return { ...change, component, version };
  });
}

export function registryLines(change: RegistryChange): ImportLine[] {
  const { digest, environment, service, time, image, commit, version = '' } = change;
  const common = { occurredAt: time, pipeline: PROMOTER };
  if (digest === undefined)
    return [{ command: 'retire', environment, service, reason: 'removed from the manifest', ...common }];
  const promote = {
    command: 'promote',
    environment,
    digest,
    service,
    strategy: 'all-at-once',
    change: { type: 'standard', reason: 'image promotion', ticket: commit.slice(0, 12) },
    ...common,
  };
  if (!change.bakes) return [promote];
  const repository = `https://github.com/kubernetes/${image}`;
  return [{ ...bakeLine({ digest, component: image, version, repository, commit }), ...common }, promote];
}
