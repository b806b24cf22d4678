import { ProvenanceError } from './failure.js';
import { isObject, type Statement } from './statement.js';

export const SLSA_V02 = 'https://slsa.dev/provenance/v0.2';
export const SLSA_V1 = 'https://slsa.dev/provenance/v1';

/** Hex digits that tell one commit from all others of a repository. */
const COMMIT_CHARACTERS_MIN = 7;

/** What a build was made from. */
export interface NamedSource {
  readonly repository: string;
  readonly commit?: string;
}

/** What SLSA provenance says of a build, as far as a bake says the same. */
export interface SlsaProvenance {
  readonly predicateType: typeof SLSA_V02 | typeof SLSA_V1;
  /** Who it claims to have been built by. A claim: the signer's identity alone says who it was. */
  readonly builder?: string;
  readonly sources: readonly NamedSource[];
}

/**
 * SLSA provenance, v0.2 or v1.
 *
 * @throws ProvenanceError `predicate` for any other statement
 */
export function readSlsa({ predicateType, predicate }: Pick<Statement, 'predicateType' | 'predicate'>): SlsaProvenance {
  if (predicateType === SLSA_V02) {
    const invocation = objectAt(predicate, 'invocation');
    return provenance(predicateType, objectAt(predicate, 'builder')['id'], [
      invocation['configSource'],
      ...listAt(predicate, 'materials'),
    ]);
  }
  if (predicateType === SLSA_V1) {
    const definition = objectAt(predicate, 'buildDefinition');
    const parameters = objectAt(definition, 'externalParameters');
    const builder = objectAt(objectAt(predicate, 'runDetails'), 'builder');
    return provenance(predicateType, builder['id'], [
      { uri: objectAt(parameters, 'workflow')['repository'] },
      parameters['source'],
      ...listAt(definition, 'resolvedDependencies'),
    ]);
  }
  throw new ProvenanceError('predicate', `SLSA provenance (${SLSA_V02}, ${SLSA_V1})`, predicateType);
}

/**
 * Where the statement names sources, the bake's is among them; and where it names that one's commit, it is the bake's.
 *
 * @throws ProvenanceError `source`
 */
export function checkSource({ sources }: SlsaProvenance, bake: { repository: string; commit: string }): void {
  if (sources.length === 0) return;
  const wanted = sameRepository(bake.repository);
  const ofRepository = sources.filter(({ repository }) => sameRepository(repository) === wanted);
  if (ofRepository.length === 0) {
    const named = [...new Set(sources.map(({ repository }) => repository))].slice(0, 5);
    throw new ProvenanceError('source', `repository ${bake.repository}`, named.join(', '));
  }
  const commits = ofRepository.flatMap(({ commit }) => commit ?? []);
  if (commits.length === 0 || commits.some((commit) => isSameCommit(commit, bake.commit))) return;
  throw new ProvenanceError('source', `commit ${bake.commit} of ${bake.repository}`, [...new Set(commits)].join(', '));
}

function provenance(
  predicateType: SlsaProvenance['predicateType'],
  builder: unknown,
  named: readonly unknown[],
): SlsaProvenance {
  const sources = named.flatMap((value) => sourceOf(value) ?? []);
  return { predicateType, ...(typeof builder === 'string' && { builder }), sources };
}

/** Only what names a repository: a builder's image, or a package that was used, is no source of the artifact. */
function sourceOf(value: unknown): NamedSource | undefined {
  if (!isObject(value) || typeof value['uri'] !== 'string') return undefined;
  const { uri } = value;
  if (!/^(?:git\+)?(?:https?|ssh|git):\/\//.test(uri)) return undefined;
  const { gitCommit, sha1 } = objectAt(value, 'digest');
  const commit = typeof gitCommit === 'string' ? gitCommit : sha1;
  return { repository: uri, ...(typeof commit === 'string' && { commit }) };
}

/** One text for all the ways in which a repository is written: `git+https://…@refs/heads/main`, `….git`, `…/`. */
function sameRepository(text: string): string {
  const [address = ''] = text.replace(/^git\+/, '').split('@refs/');
  const plain = address
    .replace(/^ssh:\/\/git@/, 'https://')
    .replace(/^git@([^:/]+):/, 'https://$1/')
    .replace(/^(?:git|http):\/\//, 'https://')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const [, host = '', path = ''] = /^https:\/\/([^/]+)(\/.*)?$/.exec(plain) ?? [];
  return host === '' ? plain : `${host.toLowerCase()}${path}`;
}

/** A bake may give a commit in short. */
function isSameCommit(full: string, given: string): boolean {
  return given.length >= COMMIT_CHARACTERS_MIN && full.toLowerCase().startsWith(given.toLowerCase());
}

const objectAt = (value: Record<string, unknown>, name: string): Record<string, unknown> => {
  const found = value[name];
  return isObject(found) ? found : {};
};

const listAt = (value: Record<string, unknown>, name: string): readonly unknown[] => {
  const found = value[name];
  return Array.isArray(found) ? (found as unknown[]) : [];
};
