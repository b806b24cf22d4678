import type { Role } from '../../../domain/access/events.js';
import type { Claims } from '../oidc/read-token.js';

/** What a person can be. Nobody who signs in is a pipeline: it would speak for one that somebody else runs. */
export type PersonRole = Exclude<Role, 'pipeline'>;

/** Who has this value of this claim has the role. */
export interface RoleRule {
  readonly role: PersonRole;
  readonly claim: string;
  readonly value: string;
}

/** The highest first. */
const PERSON_ROLES: readonly PersonRole[] = ['admin', 'approver', 'auditor'];

const RULE = /^([a-z]+)=([^:=,\s]+):([^,\s]+)$/;

/**
 * Rules as the setting has them: `admin=groups:platform-admins,auditor=groups:audit`. A comma, a space, or a colon of
 * a claim's name, is written in percent-encoding.
 *
 * @throws Error that names what is no rule
 */
export function parseRoleRules(text: string): RoleRule[] {
  return text
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map(parseRule);
}

function parseRule(text: string): RoleRule {
  const [, role, claim, value] = RULE.exec(text) ?? [];
  if (role === undefined || claim === undefined || value === undefined) {
    throw new Error(`has ${text}, which is not of the form role=claim:value`);
  }
  const known = PERSON_ROLES.find((one) => one === role);
  if (known === undefined) throw new Error(`gives the role ${role}, and people can be ${PERSON_ROLES.join(', ')}`);
  try {
    return { role: known, claim: decodeURIComponent(claim), value: decodeURIComponent(value) };
  } catch {
    throw new Error(`has ${text}, where a % does not begin two hex digits: write %25 for the sign itself`);
  }
}

/** The highest role that the claims give; undefined where they give none. */
export const roleFromClaims = (rules: readonly RoleRule[], claims: Claims): PersonRole | undefined =>
  PERSON_ROLES.find((role) => rules.some((rule) => rule.role === role && matches(rule, claims)));

/** A claim is a text, or a list in which the text is. Nothing is read into a number, a part of a text or an object. */
function matches({ claim, value }: RoleRule, claims: Claims): boolean {
  const found = claimOf(claims, claim);
  return Array.isArray(found) ? found.includes(value) : found === value;
}

/** By its whole name, or by the way to it through objects, with dots: Keycloak has its roles at `realm_access.roles`. */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Claims)[part];
  }
  return at;
}
