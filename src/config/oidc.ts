import { isIssuer } from '../http/access/oidc/issuer-address.js';
import { ConfigError } from './error.js';
import { listOf } from './values.js';
import type { Read } from './settings.js';

/** Whose tokens pipelines may come in with, besides those of Cairn. */
export interface OidcConfig {
  readonly issuers: readonly string[];
  /** That a token must name, where the registration of its pipeline does not say otherwise. */
  readonly audience: string;
}

/** Each is asked for its keys every so often, and for each that a token names and nobody knows. */
const ISSUERS_MAX = 20;

/** @throws ConfigError for the first setting that cannot be used, or is of no use without another one */
export function oidcOf(read: Read): OidcConfig | undefined {
  const issuers = [...new Set(listOf(read('CAIRN_OIDC_ISSUERS')))];
  const audience = read('CAIRN_OIDC_AUDIENCE');
  if (issuers.length > ISSUERS_MAX) {
    throw new ConfigError('CAIRN_OIDC_ISSUERS', `must name at most ${ISSUERS_MAX} issuers, not ${issuers.length}.`);
  }
  const wrong = issuers.find((issuer) => !isIssuer(issuer));
  if (wrong !== undefined) {
    throw new ConfigError('CAIRN_OIDC_ISSUERS', `must name issuers by their https addresses, not ${wrong}.`);
  }
  if (issuers.length === 0) {
    if (audience === '') return undefined;
    throw new ConfigError('CAIRN_OIDC_AUDIENCE', 'is of use only with CAIRN_OIDC_ISSUERS.');
  }
  if (!/^[!-~]{1,500}$/.test(audience)) {
    throw new ConfigError(
      'CAIRN_OIDC_AUDIENCE',
      'must say which audience the tokens of CAIRN_OIDC_ISSUERS name, such as https://cairn.example.org.',
    );
  }
  return { issuers, audience };
}
