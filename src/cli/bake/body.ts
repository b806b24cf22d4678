import { KNOWN_CI, needed, type BuildOptions } from '../build-options.js';
import type { CiEnvironment } from '../ci-environment.js';

export interface BakeOptions extends BuildOptions {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  readonly kind: string;
  readonly layer: string;
  readonly author?: string;
  readonly committedAt?: string;
  readonly base?: string;
  readonly configuration?: string;
  readonly run?: string;
  readonly runUrl?: string;
  readonly triggeredBy?: string;
  readonly reason?: string;
}

/** What a bake says, as `POST /v1/artifacts` takes it. @throws CliError `usage` where neither options nor CI say enough */
export function bakeBody(options: BakeOptions, ci: CiEnvironment, provenance: object | undefined): object {
  const { digest, component, version, kind, layer, base, configuration, reason } = options;
  const { repository, commit, run } = needed(
    {
      repository: options.repository ?? ci.repository,
      commit: options.commit ?? ci.commit,
      run: options.run ?? ci.run,
    },
    KNOWN_CI,
  );
  const source = given({
    ...{ repository, commit, ref: options.ref ?? ci.ref, author: options.author },
    // Of another commit than the job's own, the CI knows no time.
    committedAt: options.committedAt ?? (commit === ci.commit ? ci.committedAt : undefined),
  });
  const runUrl = options.runUrl ?? (run === ci.run ? ci.runUrl : undefined);
  return given({
    ...{ digest, component, version, kind, layer, source, base, configuration },
    run: given({ id: run, url: runUrl, triggeredBy: options.triggeredBy }),
    ...{ provenance, reason },
  });
}

const given = (values: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
