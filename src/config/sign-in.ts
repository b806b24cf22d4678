import { isIssuer, isTrustworthy } from '../http/access/oidc/issuer-address.js';
import { parseRoleRules, type RoleRule } from '../http/access/sign-in/roles.js';
import { ConfigError } from './error.js';
import type { Read } from './settings.js';

/** How people sign in at an OpenID Connect issuer. */
export interface SignInConfig {
  /** As its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent for a public client. Never shown. */
  readonly clientSecret?: string;
  readonly roles: readonly RoleRule[];
  /** What is asked for, with spaces between. */
  readonly scope: string;
  /** Origin at which browsers reach the server: `https://cairn.example.org`. */
  readonly publicUrl: string;
}

const ISSUER = 'CAIRN_SIGN_IN_ISSUER';

/** @throws ConfigError for the first setting that cannot be used, or is of no use without another one */
export function signInOf(read: Read): SignInConfig | undefined {
  const issuer = issuerOf(read);
  const publicUrl = publicUrlOf(read);
  const [clientId, clientSecret] = [read('CAIRN_SIGN_IN_CLIENT_ID'), read('CAIRN_SIGN_IN_CLIENT_SECRET')];
  const roles = rolesOf(read);
  const scope = scopeOf(read);
  if (issuer === '') {
    const given = { CAIRN_SIGN_IN_CLIENT_ID: clientId, CAIRN_SIGN_IN_CLIENT_SECRET: clientSecret };
    const [name] = Object.entries(given).find(([, value]) => value !== '') ?? [];
    const alone = name ?? (roles.length > 0 ? 'CAIRN_SIGN_IN_ROLES' : undefined);
    if (alone !== undefined) throw new ConfigError(alone, `is of use only with ${ISSUER}, the issuer that it is for.`);
    return undefined;
  }
  if (clientId === '') throw new ConfigError('CAIRN_SIGN_IN_CLIENT_ID', `is needed with ${ISSUER}.`);
  if (roles.length === 0) {
    throw new ConfigError('CAIRN_SIGN_IN_ROLES', `is needed with ${ISSUER}: without a role nobody gets in.`);
  }
  if (publicUrl === '')
    throw new ConfigError('CAIRN_PUBLIC_URL', `is needed with ${ISSUER}: browsers come back to it.`);
  return { issuer, clientId, ...(clientSecret !== '' && { clientSecret }), roles, scope, publicUrl };
}

/** Tokens name their issuer by the very text, so it is kept as it is. */
function issuerOf(read: Read): string {
  const issuer = read(ISSUER);
  if (issuer === '' || isIssuer(issuer)) return issuer;
  throw new ConfigError(
    ISSUER,
    'must be an https address such as https://login.example.org, without user and query; http is for loopback only.',
  );
}

function publicUrlOf(read: Read): string {
  const given = read('CAIRN_PUBLIC_URL');
  if (given === '') return '';
  const url = isTrustworthy(given) ? new URL(given) : undefined;
  if (url?.href !== `${url?.origin}/`) {
    throw new ConfigError(
      'CAIRN_PUBLIC_URL',
      'must be an https address without a path, such as https://cairn.example.org; http is for loopback only.',
    );
  }
  return url.origin;
}

function rolesOf(read: Read): RoleRule[] {
  try {
    return parseRoleRules(read('CAIRN_SIGN_IN_ROLES'));
  } catch (error) {
    throw new ConfigError('CAIRN_SIGN_IN_ROLES', `${(error as Error).message}.`);
  }
}

function scopeOf(read: Read): string {
  const scope = read('CAIRN_SIGN_IN_SCOPE').split(/\s+/).join(' ');
  if (scope.split(' ').includes('openid') && /^[!#-[\]-~ ]+$/.test(scope)) return scope;
  throw new ConfigError('CAIRN_SIGN_IN_SCOPE', 'must be names with spaces between, openid among them.');
}
