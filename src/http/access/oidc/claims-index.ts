import { matchesGlob } from '../../../domain/glob.js';
import type { OidcBinding } from '../../../domain/pipeline/events.js';
import type { Claims } from './read-token.js';

/** A pipeline and what its tokens have. */
export interface BoundPipeline {
  readonly id: string;
  readonly oidc: OidcBinding;
}

/**
 * Finds the pipelines that a token's claims fit without looking at all: each is kept under one of its claims without a
 * `*`, the one that fewest others have, and found by it.
 */
export class ClaimsIndex {
  private readonly kept = new Map<string, Map<string, BoundPipeline>>();
  private readonly keys = new Map<string, string>();
  /** Those of tokens that came before, which come again with the same claims. */
  private readonly ofClaims = new WeakMap<Claims, readonly string[]>();

  /** Keeps a pipeline in the place of what it was before; without claims it is forgotten. */
  set(id: string, oidc: OidcBinding | undefined): void {
    const before = this.keys.get(id);
    if (before !== undefined) this.remove(before, id);
    if (!oidc) return;
    const key = this.keyFor(oidc);
    this.keys.set(id, key);
    this.kept.set(key, (this.kept.get(key) ?? new Map<string, BoundPipeline>()).set(id, { id, oidc }));
  }

  /** All whose claims the token has. */
  fitting(issuer: string, claims: Claims): BoundPipeline[] {
    const found: BoundPipeline[] = [];
    for (const key of this.keysOf(issuer, claims)) {
      for (const pipeline of this.kept.get(key)?.values() ?? []) {
        if (fits(claims, pipeline.oidc.claims)) found.push(pipeline);
      }
    }
    return found;
  }

  private keysOf(issuer: string, claims: Claims): readonly string[] {
    const known = this.ofClaims.get(claims);
    if (known) return known;
    const named = Object.entries(claims).flatMap(([name, value]) =>
      textsOf(value).map((text) => keyOf(issuer, name, text)),
    );
    const keys = [...new Set([keyOfGlobs(issuer), ...named])];
    this.ofClaims.set(claims, keys);
    return keys;
  }

  private remove(key: string, id: string): void {
    const others = this.kept.get(key);
    others?.delete(id);
    if (others?.size === 0) this.kept.delete(key);
    this.keys.delete(id);
  }

  private keyFor({ issuer, claims }: OidcBinding): string {
    const keys = Object.entries(claims)
      .filter(([, glob]) => !glob.includes('*'))
      .map(([name, text]) => keyOf(issuer, name, text));
    const sizeOf = (key: string): number => this.kept.get(key)?.size ?? 0;
    return keys.sort((left, right) => sizeOf(left) - sizeOf(right))[0] ?? keyOfGlobs(issuer);
  }
}

/** Of a claim that a token has to have as it stands. */
const keyOf = (issuer: string, name: string, text: string): string => JSON.stringify([issuer, name, text]);

/** Of all that have none such. */
const keyOfGlobs = (issuer: string): string => JSON.stringify([issuer]);

const fits = (claims: Claims, globs: OidcBinding['claims']): boolean =>
  Object.entries(globs).every(
    ([name, glob]) => Object.hasOwn(claims, name) && textsOf(claims[name]).some((text) => matchesGlob(glob, text)),
  );

/** What a glob is compared with: of a list, each element. An object has no text. */
const textsOf = (value: unknown): string[] =>
  [value]
    .flat()
    .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    .map(String);
