import type { SignerIdentity } from '../artifact/events.js';
import type { DomainEvent, Remarks } from '../event.js';

/** Tokens that a pipeline may come in with, which another issuer gives out. */
export interface OidcBinding {
  readonly issuer: string;
  /** Globs of claims, by their names. All of them have to fit. */
  readonly claims: Readonly<Record<string, string>>;
  /** That the token must name; absent, that of the server. */
  readonly audience?: string;
}

export interface PipelineRegistration {
  readonly id: string;
  readonly name: string;
  /** Globs of the components that it may bake and attest. */
  readonly mayBake: readonly string[];
  /** Globs of those that it may attest without baking them, as a scanner does. Absent, none. */
  readonly mayAttest?: readonly string[];
  /** Globs `environment` or `environment:service` that it may change. */
  readonly mayPromoteTo: readonly string[];
  /** Whose certificates are its own: issuer, and glob of the name. Absent, nobody's. */
  readonly identities?: readonly SignerIdentity[];
  /** Whose tokens are its own, besides those that Cairn issues. Absent, nobody's. */
  readonly oidc?: OidcBinding;
  /** Keys that it begins with. Only the first registration has any: a later one keeps those that are there. */
  readonly keys?: readonly PipelineKey[];
}

/** A key that it signs with, by an id that follows from it. Times are RFC 3339, UTC, milliseconds. */
export interface PipelineKey {
  readonly keyId: string;
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string;
  /** What it has signed counts where the ledger hears of it from here on; absent, from when it was added. */
  readonly validFrom?: string;
  /** And before this; absent, until it is revoked. */
  readonly validUntil?: string;
}

/** The registration as it stands from here on; a later one replaces it whole. Keys are kept. */
export type PipelineRegistered = DomainEvent<'PipelineRegistered.v1', PipelineRegistration, Remarks>;
export type PipelineSuspended = DomainEvent<'PipelineSuspended.v1', { readonly id: string }, Remarks>;
export type PipelineReinstated = DomainEvent<'PipelineReinstated.v1', { readonly id: string }, Remarks>;
export type PipelineKeyAdded = DomainEvent<'PipelineKeyAdded.v1', PipelineKey & { readonly id: string }, Remarks>;
export type PipelineKeyRevoked = DomainEvent<
  'PipelineKeyRevoked.v1',
  { readonly id: string; readonly keyId: string },
  Remarks
>;

export type PipelineEvent =
  PipelineRegistered | PipelineSuspended | PipelineReinstated | PipelineKeyAdded | PipelineKeyRevoked;
