import { join } from 'node:path';
import { ConfigError } from './config/error.js';
import { adminTokenOf, countOf, exportsBytesOf, hostOf, listOf, portOf } from './config/values.js';
import { oidcOf, type OidcConfig } from './config/oidc.js';
import { sealingOf, type SealingConfig, type WitnessingConfig } from './config/sealing.js';
import { readFrom, type Environment } from './config/settings.js';
import { signInOf, type SignInConfig } from './config/sign-in.js';
import { eventStoreUrl, storesOf, type StoresConfig } from './config/stores.js';
import { isEsdbUrl, schemeOf } from './event-store/esdb-url.js';

export { ConfigError } from './config/error.js';
export { SETTINGS } from './config/settings.js';
export type { SignInConfig } from './config/sign-in.js';
export { isAtServer } from './config/stores.js';
export { serverOf } from './event-store/esdb-url.js';

/** The settings of the server, each checked once at start. */
export interface Config extends StoresConfig {
  readonly dataFolder: string;
  readonly exports: { readonly folder: string; readonly keptBytes: number };
  /** Files with the trusted roots of Sigstore instances. */
  readonly trustedRoots: readonly string[];
  /** Whose tokens pipelines may come in with; absent, only with those of Cairn. */
  readonly oidc?: OidcConfig;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly adminToken?: string;
  /** Requests of a caller within a minute; 0 for no limit. */
  readonly rateLimit: number;
  /** Refusals of a caller that become events within a minute. */
  readonly refusalsPerMinute: number;
  /** Absent where nobody signs in at an issuer. */
  readonly signIn?: SignInConfig;
  /** Absent where the ledger is not sealed. */
  readonly sealing?: SealingConfig;
  /** Of whom it also depends what is shown that was sealed before. */
  readonly witnessing: WitnessingConfig;
}

/**
 * The server's settings from environment variables.
 *
 * @throws ConfigError for the first setting that cannot be used.
 */
export function loadConfig(environment: Environment): Config {
  const read = readFrom(environment);
  const dataFolder = read('CAIRN_DATA');
  const adminToken = adminTokenOf(read);
  const stores = storesOf(environment, dataFolder);
  const signIn = signInOf(read);
  const oidc = oidcOf(read);
  return {
    ...stores,
    dataFolder,
    exports: { folder: join(dataFolder, 'exports'), keptBytes: exportsBytesOf(read) },
    trustedRoots: listOf(read('CAIRN_TRUSTED_ROOTS')),
    ...(oidc && { oidc }),
    host: hostOf(read),
    port: portOf(read),
    ...(adminToken !== undefined && { adminToken }),
    rateLimit: countOf(read, 'CAIRN_RATE_LIMIT', 0),
    refusalsPerMinute: countOf(read, 'CAIRN_REFUSALS_PER_MINUTE', 1),
    ...(signIn && { signIn }),
    ...sealingOf(read),
  };
}

/** What the sub-commands that speak HTTP need. */
export function loadClientConfig(environment: Environment): { url: string; token: string } {
  const read = readFrom(environment);
  const url = read('CAIRN_URL');
  if (!/^https?:$/.test(protocolOf(url))) {
    throw new ConfigError('CAIRN_URL', `must be an http or https address such as http://127.0.0.1:3000, not ${url}.`);
  }
  return { url: url.replace(/\/+$/, ''), token: read('CAIRN_TOKEN') };
}

/** The address of the KurrentDB server, which sub-commands that speak to it themselves need. It may hold a password. */
export function loadKurrentAddress(environment: Environment): string {
  const address = readFrom(environment)('CAIRN_EVENT_STORE');
  if (isEsdbUrl(address)) return eventStoreUrl(environment, '');
  throw new ConfigError(
    'CAIRN_EVENT_STORE',
    `must name a KurrentDB server, such as esdb://admin:<password>@host:2113, and names ${schemeOf(address)} instead.`,
  );
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return '';
  }
}
