import type { KeyObject } from 'node:crypto';

/** A DSSE envelope as a pipeline would post it. */
export interface SignedEnvelope {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** A statement in an envelope, signed with Ed25519 or ECDSA. */
export function envelopeOf(statement: unknown, key: KeyObject): SignedEnvelope;
