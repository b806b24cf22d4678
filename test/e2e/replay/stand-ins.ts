import { createHash } from 'node:crypto';

/** What a row becomes: the commands for it, the last of which is the change itself. */
export interface ImportLine {
  readonly command: string;
  readonly occurredAt?: string;
  readonly pipeline?: string;
  readonly idempotencyKey?: string;
  readonly [field: string]: unknown;
}

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

/** GOV.UK's rows have tags only; their README names this digest to stand in for what the tag names. */
export const standInDigest = (app: string, tag: string): string => `sha256:${hex('sha256', `govuk/${app}:${tag}`)}`;

/** The commit that a tag names (`<40 hex>`, `release-<40 hex>`); where it names none, one that is made up from it. */
export const commitOf = (app: string, tag: string): string =>
  /(?:^|-)([0-9a-f]{40})(?:$|-)/.exec(tag)?.[1] ?? hex('sha1', `govuk/${app}:${tag}`);

/** The value that a known-good state is compared by, made anew from its definition: SHA-256 of JCS [[service, digest]]. */
export function fingerprintOf(live: ReadonlyMap<string, { digest: string }>): string {
  const pairs = [...live.keys()].sort().map((service) => [service, live.get(service)?.digest]);
  return hex('sha256', JSON.stringify(pairs));
}

export const registration = (id: string): ImportLine => ({
  command: 'register-pipeline',
  id,
  name: id,
  mayBake: ['*'],
  mayPromoteTo: ['*'],
});

export const bakeLine = (facts: {
  digest: string;
  component: string;
  version: string;
  repository: string;
  commit: string;
}) => {
  const { digest, component, version, repository, commit } = facts;
  return {
    command: 'bake',
    digest,
    component,
    version,
    kind: 'container-image',
    layer: 'application',
    source: { repository, commit },
    run: { id: `${component}-${version}`.slice(0, 100) },
  };
};

/** What a line says as the body of a request of its own, where the path and the token say the rest. */
export function bodyOf(line: ImportLine): Record<string, unknown> {
  const inPathOrToken = new Set(['command', 'pipeline', 'environment']);
  return Object.fromEntries(Object.entries(line).filter(([field]) => !inPathOrToken.has(field)));
}
