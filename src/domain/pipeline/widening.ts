import { matchesAnyGlob, matchesGlob } from '../glob.js';
import type { OidcBinding, PipelineRegistration } from './events.js';

/** What a registration allows that the one before it did not, a line each. Empty when it allows as little or less. */
export function widenings(before: PipelineRegistration, after: PipelineRegistration): string[] {
  const added = (old: readonly string[], now: readonly string[]) => now.filter((glob) => !matchesAnyGlob(old, glob));
  return [
    ...added(before.mayBake, after.mayBake).map((glob) => `may bake ${glob}`),
    ...added([...before.mayBake, ...(before.mayAttest ?? [])], after.mayAttest ?? []).map(
      (glob) => `may attest ${glob}`,
    ),
    ...added(before.mayPromoteTo, after.mayPromoteTo).map((glob) => `may promote to ${glob}`),
    ...(after.identities ?? [])
      .filter(({ san, issuer }) => !isIdentity(before, san, issuer))
      .map(({ san, issuer }) => `may sign as ${san} of ${issuer}`),
    ...(after.oidc && !covers(before.oidc, after.oidc) ? [`may come in with tokens of ${described(after.oidc)}`] : []),
  ];
}

/** Whether every token that fits the one fits the other as well. */
const covers = (old: OidcBinding | undefined, { issuer, audience, claims }: OidcBinding): boolean =>
  old?.issuer === issuer &&
  old.audience === audience &&
  Object.entries(old.claims).every(([name, glob]) => {
    const now = claims[name];
    return now !== undefined && matchesGlob(glob, now);
  });

const described = ({ issuer, claims }: OidcBinding): string =>
  `${issuer} whose ${Object.entries(claims)
    .map(([name, glob]) => `${name} is ${glob}`)
    .join(', ')}`;

const isIdentity = ({ identities = [] }: PipelineRegistration, san: string, issuer: string): boolean =>
  identities.some((known) => known.issuer === issuer && matchesGlob(known.san, san));
