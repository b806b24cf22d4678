/** What is checked of a proof, in this order. The first that fails is named. */
export const PROVENANCE_STEPS = [
  /** It can be read at all: JSON, base64, a version that is known. */
  'format',
  /** It is signed within the validity of what signs it, by somebody's clock who is trusted. */
  'timestamp',
  /** The certificate comes from an authority that is trusted, and is in its public log. */
  'certificate',
  /** The transparency log has it. */
  'transparency-log',
  'signature',
  /** Who signed is who is registered. */
  'identity',
  /** It speaks of this artifact. */
  'subject',
  /** What it says is how the artifact was built; of evidence, something that is whole. */
  'predicate',
  /** It was built from what the bake says. */
  'source',
  /** What it says came out is what is posted. */
  'result',
] as const;

export type ProvenanceStep = (typeof PROVENANCE_STEPS)[number];

/** Why a proof proves nothing, in words that a pipeline's owner can act on. */
export class ProvenanceError extends Error {
  override readonly name = 'ProvenanceError';
  constructor(
    readonly step: ProvenanceStep,
    /** What had to be there. */
    readonly expected: string,
    /** What was there instead. */
    readonly seen: string,
    options?: ErrorOptions,
  ) {
    super(`${step}: expected ${expected}, and saw ${seen}`, options);
  }
}

/** Longest text of theirs that is repeated. */
const SHOWN_CHARACTERS = 300;

/** Any thrown value in a few words. */
export function shown(value: unknown): string {
  const text = value instanceof Error ? value.message : String(value);
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
