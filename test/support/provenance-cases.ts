import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(process.cwd(), '..', 'shared', 'data', 'provenance');

interface Line {
  readonly id: string;
  readonly bundle: string;
  readonly expect: string;
  readonly trusted_root?: string;
  readonly artifact_sha256?: string;
  readonly artifact_sha512?: string;
  readonly certificate_san?: string;
  readonly certificate_issuer?: string;
  readonly identity?: string;
  readonly issuer?: string;
  readonly public_key?: string;
  readonly predicate_type?: string;
  readonly statement_subject?: { readonly digest: Readonly<Record<string, string>> };
  readonly source_material?: { readonly uri: string; readonly digest?: Readonly<Record<string, string>> };
}

/** A proof that somebody else made, and what is known of it. */
export interface ProvenanceCase {
  readonly id: string;
  readonly expect: string;
  /** The proof as it was found; not always JSON. */
  readonly text: string;
  readonly digest: string;
  readonly identity: { readonly san: string; readonly issuer: string };
  readonly key?: string;
  readonly trustedRoot?: string;
  readonly predicateType?: string;
  readonly source?: { readonly repository: string; readonly commit: string };
}

/** Every case of the collection; none where it is not at hand. */
export function provenanceCases(): ProvenanceCase[] {
  if (!existsSync(FOLDER)) {
    process.stderr.write(`proofs of others are not tried: ${FOLDER} is not there\n`);
    return [];
  }
  const lines = read('cases.ndjson').trim().split('\n');
  return lines.map((line) => toCase(JSON.parse(line) as Line));
}

const GITHUB = 'https://token.actions.githubusercontent.com';
/** Where nothing is known of the artifact, the proof must fail before it matters which one it is. */
const ANY_DIGEST = `sha256:${'0'.repeat(64)}`;

function toCase(line: Line): ProvenanceCase {
  const { id, expect, certificate_san, certificate_issuer, identity, issuer, public_key, trusted_root } = line;
  const commit = Object.values(line.source_material?.digest ?? {})[0];
  return {
    ...{ id, expect, text: read(line.bundle), digest: digestOf(line) },
    identity: { san: certificate_san ?? identity ?? 'nobody', issuer: certificate_issuer ?? issuer ?? GITHUB },
    ...(public_key && { key: read(public_key) }),
    ...(trusted_root && { trustedRoot: read(trusted_root) }),
    ...(line.predicate_type && { predicateType: line.predicate_type }),
    ...(commit && line.source_material && { source: { repository: line.source_material.uri, commit } }),
  };
}

/** npm's statements name packages by SHA-512, all others by SHA-256. */
function digestOf({ artifact_sha256, artifact_sha512, statement_subject }: Line): string {
  const { sha256, sha512 } = statement_subject?.digest ?? {};
  if (sha512 !== undefined && artifact_sha512 !== undefined) return `sha512:${artifact_sha512}`;
  const hex = artifact_sha256 ?? sha256;
  return hex === undefined ? ANY_DIGEST : `sha256:${hex}`;
}

const read = (path: string): string => readFileSync(join(FOLDER, path), 'utf8');
