import { matchesAnyGlob, matchesGlob } from '../glob.js';
import type { PipelineRegistration } from './events.js';

/** What a registration allows that the one before it did not, a line each. Empty when it allows as little or less. */
export function widenings(before: PipelineRegistration, after: PipelineRegistration): string[] {
  const added = (old: readonly string[], now: readonly string[]) => now.filter((glob) => !matchesAnyGlob(old, glob));
  return [
    ...added(before.mayBake, after.mayBake).map((glob) => `may bake ${glob}`),
    ...added(before.mayPromoteTo, after.mayPromoteTo).map((glob) => `may promote to ${glob}`),
    ...(after.identities ?? [])
      .filter(({ san, issuer }) => !isIdentity(before, san, issuer))
      .map(({ san, issuer }) => `may sign as ${san} of ${issuer}`),
  ];
}

const isIdentity = ({ identities = [] }: PipelineRegistration, san: string, issuer: string): boolean =>
  identities.some((known) => known.issuer === issuer && matchesGlob(known.san, san));
