import { bakeLine, commitOf, standInDigest, type ImportLine } from './stand-ins.js';
import type { Row } from './straight-line.js';

export const GOVUK_FILE = 'govuk-image-tags.ndjson.gz';
export const GOVUK_STAGES = { integration: undefined, staging: 'integration', production: 'staging' };
export const PIPELINE = 'govuk';

export interface GovukRow {
  readonly seq: number;
  readonly time: string;
  readonly action: 'enrolled' | 'tag-changed' | 'policy-changed' | 'removed';
  readonly env: string;
  readonly app: string;
  readonly to_tag: string | null;
}

/** Why a row is no change of these environments, if it is none. */
export function leftOut(row: GovukRow): string | undefined {
  if (row.env === 'test') return 'environment test';
  if (row.action === 'policy-changed') return 'policy-changed';
  if (row.action !== 'removed' && row.to_tag === null) return 'no tag';
  return undefined;
}

/** A row of the file as a change, with its bake when the app's tag is first seen in integration. */
export function changesOf(rows: readonly GovukRow[]): Row[] {
  const seen = new Set<string>();
  return rows.map(({ app, env, action, to_tag: tag, time }) => {
    const change = { time, environment: env, service: app, bakes: false };
    if (action === 'removed' || tag === null) return change;
    const digest = standInDigest(app, tag);
    const bakes = env === 'integration' && !seen.has(digest);
    if (bakes) seen.add(digest);
    return { ...change, digest, component: app, version: tag, bakes };
  });
}

function bakeOf({ digest, component: app = '', version: tag = '' }: Row & { digest: string }) {
  return bakeLine({
    digest,
    component: app,
    version: tag,
    repository: `https://github.com/alphagov/${app}`,
    commit: commitOf(app, tag),
  });
}

/** The lines that a change is sent as; the change itself is the last. */
export function linesOf(row: Row): ImportLine[] {
  const common = { occurredAt: row.time, pipeline: PIPELINE };
  const { digest, environment, service } = row;
  if (digest === undefined) {
    return [{ command: 'retire', environment, service, reason: 'removed from the charts', ...common }];
  }
  const promote = {
    command: 'promote',
    environment,
    digest,
    strategy: 'all-at-once',
    change: { type: 'standard', reason: `tag ${row.version}` },
    ...common,
  };
  return row.bakes ? [{ ...bakeOf({ ...row, digest }), ...common }, promote] : [promote];
}
