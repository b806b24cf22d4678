import { matchesAnyGlob } from '../glob.js';
import type { PipelineRegistration } from './events.js';

/** What a registration allows that the one before it did not, a line each. Empty when it allows as little or less. */
export function widenings(before: PipelineRegistration, after: PipelineRegistration): string[] {
  const added = (old: readonly string[], now: readonly string[]) => now.filter((glob) => !matchesAnyGlob(old, glob));
  return [
    ...added(before.mayBake, after.mayBake).map((glob) => `may bake ${glob}`),
    ...added(before.mayPromoteTo, after.mayPromoteTo).map((glob) => `may promote to ${glob}`),
  ];
}
