import type { DomainEvent, Remarks } from '../event.js';

/** A Sigstore instance whose authorities and logs vouch for keyless proofs. */
export interface TrustedRoot {
  /** SHA-256 of the file, in hex; the provenance of a bake names it. */
  readonly digest: string;
  /** The `trusted_root.json` itself, so that a proof can be checked again by what was trusted then. */
  readonly text: string;
}

/** Stream `trusted-roots`: what is trusted from here on, in place of what was. */
export type TrustedRootsChanged = DomainEvent<
  'TrustedRootsChanged.v1',
  { readonly roots: readonly TrustedRoot[] },
  Remarks
>;
