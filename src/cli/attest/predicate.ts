import { isObject } from '../../provenance/statement.js';
import { SLSA_V1 } from '../../provenance/slsa.js';
import { KNOWN_CI, needed, type BuildOptions } from '../build-options.js';
import type { CiEnvironment } from '../ci-environment.js';
import { CliError } from '../errors.js';
import { readInput } from '../input.js';

const SHORT_NAMES = new Map([
  ['provenance', SLSA_V1],
  ['test-result', 'https://in-toto.io/attestation/test-result/v0.1'],
  ['vsa', 'https://slsa.dev/verification_summary/v1'],
  ['vulns', 'https://in-toto.io/attestation/vulns/v0.1'],
  ['cyclonedx', 'https://cyclonedx.org/bom'],
  ['spdx', 'https://spdx.dev/Document'],
]);

export const PREDICATE_NAMES = [...SHORT_NAMES.keys()].join(', ');

/** The URI of a kind of predicate, by its short name or itself. @throws CliError `usage` */
export function predicateTypeOf(name: string): string {
  const known = SHORT_NAMES.get(name);
  if (known !== undefined) return known;
  if (URL.canParse(name)) return name;
  throw new CliError('usage', `${name} is no kind of predicate: one of ${PREDICATE_NAMES}, or an absolute URI.`);
}

/** A predicate from a file, or from stdin for `-`. @throws CliError `input` for anything but a JSON object */
export async function readPredicate(file: string): Promise<object> {
  const text = await readInput('predicate', file);
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch (error) {
    throw new CliError('input', `The predicate ${file} is no JSON: ${(error as Error).message}`, undefined, {
      cause: error,
    });
  }
  if (isObject(value)) return value;
  throw new CliError('input', `The predicate ${file} is no JSON object.`);
}

/**
 * SLSA provenance v1 of a build. Without a time in it, so that a job that is started again says the same.
 *
 * @param invocationId URI of the very attempt at the run
 * @throws CliError `usage` where neither options nor CI say what it cannot be without
 */
export function slsaProvenance(options: BuildOptions, ci: CiEnvironment, invocationId?: string): object {
  const { repository, commit, builder, buildType } = needed(
    {
      repository: options.repository ?? ci.repository,
      commit: options.commit ?? ci.commit,
      builder: options.builder ?? ci.builder,
      buildType: options.buildType ?? ci.buildType,
    },
    KNOWN_CI,
  );
  const ref = options.ref ?? ci.ref;
  const source = { uri: gitUri(repository, ref), digest: { gitCommit: commit } };
  const workflow =
    ci.workflow === undefined ? undefined : { workflow: { ...(ref && { ref }), repository, path: ci.workflow } };
  return {
    buildDefinition: {
      buildType,
      externalParameters: workflow ?? { source },
      resolvedDependencies: [source],
    },
    runDetails: { builder: { id: builder }, ...(invocationId && { metadata: { invocationId } }) },
  };
}

/** How SLSA names a place in Git (SPDX download location): `git+https://…@refs/heads/main`. */
function gitUri(repository: string, ref: string | undefined): string {
  const address = repository.replace(/^git\+/, '').replace(/^git@([^:/]+):/, 'ssh://git@$1/');
  return `git+${address}${ref ? `@${ref}` : ''}`;
}
