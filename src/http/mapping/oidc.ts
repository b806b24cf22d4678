import type { OidcBinding } from '../../domain/pipeline/events.js';
import type { OidcDto } from '../dto/pipeline.js';
import { invalidRequest } from '../input/read-dto.js';
import { defined } from './defined.js';

const CLAIMS_MAX = 20;
const NAME = /^[!-~]{1,200}$/;
const GLOB = /^[\x20-\x7e]{1,500}$/;

/** Checked anyway, of every token. */
const CHECKED_ANYWAY = new Set(['iss', 'aud', 'exp', 'iat', 'nbf']);

/**
 * At these issuers anybody can have a token. So a registration names whose repository it is: each of these claims does
 * when it has this form, and one is needed. `job_workflow_ref` is none of them: whose workflow it is does not say whose
 * job has called it, and a public one anybody may call. A `sub` can be made of any claim, such as a branch's name.
 */
const BINDING: ReadonlyMap<string, Readonly<Record<string, RegExp>>> = new Map([
  [
    'https://token.actions.githubusercontent.com',
    {
      repository: /^[^*/]+\//,
      repository_id: /^[^*]+$/,
      sub: /^repo(?:sitory(?:_id|_owner|_owner_id)?)?:[^*:/]+[:/]/,
      workflow_ref: /^[^*/]+\//,
    },
  ],
  [
    'https://gitlab.com',
    {
      project_path: /^[^*/]+\//,
      project_id: /^[^*]+$/,
      sub: /^project_(?:path:[^*:/]+\/|id:[^*:]+:)/,
      ci_config_ref_uri: /^[^*/]+\/[^*/]+\//,
    },
  ],
]);

/** @throws HttpProblem `invalid-request` for claims that anybody's token could have */
export function toOidc({ issuer, claims, audience }: OidcDto): OidcBinding {
  const names = Object.keys(claims);
  if (names.length === 0 || names.length > CLAIMS_MAX) throw invalidClaims(`must be 1 to ${CLAIMS_MAX} claims`);
  const globs: Record<string, string> = {};
  for (const name of names) {
    const glob = claims[name];
    if (!NAME.test(name)) throw invalidClaims('must have names of 1 to 200 visible ASCII characters');
    if (CHECKED_ANYWAY.has(name)) throw invalidClaims(`must not have ${name}: it is checked of every token`);
    if (typeof glob !== 'string' || !GLOB.test(glob)) {
      throw invalidClaims(`must have a glob for ${name}: 1 to 500 ASCII characters, with * for any run of them`);
    }
    globs[name] = glob;
  }
  checkBinding(issuer, globs);
  return { issuer, claims: globs, ...defined({ audience }) };
}

function checkBinding(issuer: string, globs: Readonly<Record<string, string>>): void {
  const forms = BINDING.get(issuer);
  if (!forms) {
    if (Object.values(globs).some((glob) => /[^*]/.test(glob))) return;
    throw invalidClaims('must have one with more than *: any token of the issuer would fit');
  }
  if (Object.entries(forms).some(([name, form]) => form.test(globs[name] ?? ''))) return;
  throw invalidClaims(
    `must name whose repository it is, since anybody has tokens of ${issuer}: by one of ${Object.keys(forms).join(', ')}, with its owner before any *`,
  );
}

const invalidClaims = (detail: string): Error => invalidRequest([{ field: 'oidc.claims', detail }]);
