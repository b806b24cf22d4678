import { join } from 'node:path';
import { ConfigError } from './config-error.js';
import { checkEsdbUrl, isEsdbUrl, schemeOf } from './event-store/esdb-url.js';
import { isIssuer } from './http/access/oidc/issuer-address.js';
import { isKeyName } from './ledger/note/keys.js';
import { parseWitnesses } from './ledger/witness/settings.js';
import { SETTINGS } from './settings.js';
import { signInOf, type SignInConfig } from './sign-in-config.js';
import { checkPostgresUrl, isPostgresUrl } from './views/database/postgres-url.js';

export { ConfigError } from './config-error.js';
export type { SignInConfig } from './sign-in-config.js';
export { SETTINGS } from './settings.js';
export { serverOf } from './event-store/esdb-url.js';

/** The settings of the server, each checked once at start. */
export interface Config {
  /** `sqlite:<file>`, `esdb://…` or `esdb+discover://…`; the last two may hold a password. */
  readonly eventStore: string;
  /** `sqlite:<file>` or `postgres://…`, which may hold a password. */
  readonly database: string;
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

export interface OidcConfig {
  readonly issuers: readonly string[];
  /** That a token must name, where the registration of its pipeline does not say otherwise. */
  readonly audience: string;
}

/** How the ledger is sealed. */
export interface SealingConfig extends WitnessingConfig {
  readonly intervalMs: number;
  /** The log's name. */
  readonly origin?: string;
  /** A private key, or the path of a file with one. */
  readonly signingKey?: string;
  readonly previousKey?: string;
}

export interface WitnessingConfig {
  /** Witnesses as the setting has them; empty for none. */
  readonly witnesses: string;
  /** So many of them must have cosigned a checkpoint before it is published. */
  readonly witnessesRequired: number;
}

/** Each checkpoint is a commit that waits for the disk, and a row that is kept for good. */
const SEAL_INTERVAL_MIN_MS = 50;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The server's settings from environment variables.
 *
 * @throws ConfigError for the first setting that cannot be used.
 */
export function loadConfig(environment: Environment): Config {
  const dataFolder = read(environment, 'CAIRN_DATA');
  const adminToken = adminTokenOf(environment);
  const eventStore = eventStoreUrl(environment, join(dataFolder, 'ledger.db'));
  const database = databaseUrl(environment, join(dataFolder, 'views.db'));
  const signIn = signInOf((name) => read(environment, name));
  if (eventStore === database) {
    throw new ConfigError(
      'CAIRN_DATABASE',
      'names the same file as CAIRN_EVENT_STORE; truth and views are kept apart.',
    );
  }
  return {
    eventStore,
    database,
    dataFolder,
    exports: { folder: join(dataFolder, 'exports'), keptBytes: exportsMibOf(environment) * 1024 ** 2 },
    trustedRoots: listOf(read(environment, 'CAIRN_TRUSTED_ROOTS')),
    ...oidcOf(environment),
    host: hostOf(environment),
    port: portOf(environment),
    ...(adminToken !== undefined && { adminToken }),
    rateLimit: countOf(environment, 'CAIRN_RATE_LIMIT', 0),
    refusalsPerMinute: countOf(environment, 'CAIRN_REFUSALS_PER_MINUTE', 1),
    ...(signIn && { signIn }),
    ...sealingOf(environment),
  };
}

const listOf = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** What the sub-commands that speak HTTP need. */
export function loadClientConfig(environment: Environment): { url: string; token: string } {
  const url = read(environment, 'CAIRN_URL');
  if (!/^https?:$/.test(protocolOf(url))) {
    throw new ConfigError('CAIRN_URL', `must be an http or https address such as http://127.0.0.1:3000, not ${url}.`);
  }
  return { url: url.replace(/\/+$/, ''), token: read(environment, 'CAIRN_TOKEN') };
}

/** The address of the KurrentDB server, which sub-commands that speak to it themselves need. It may hold a password. */
export function loadKurrentAddress(environment: Environment): string {
  const address = read(environment, 'CAIRN_EVENT_STORE');
  if (isEsdbUrl(address)) return eventStoreUrl(environment, '');
  throw new ConfigError(
    'CAIRN_EVENT_STORE',
    `must name a KurrentDB server, such as esdb://admin:<password>@host:2113, and names ${schemeOf(address)} instead.`,
  );
}

function read(environment: Environment, name: string): string {
  const given = environment[name];
  if (given !== undefined && given.trim() !== '') return given.trim();
  return SETTINGS.find((setting) => setting.name === name)?.default ?? '';
}

/** Whether events or views are at a server, which no folder of ours holds. */
export const isAtServer = (url: string): boolean => isEsdbUrl(url) || isPostgresUrl(url);

function eventStoreUrl(environment: Environment, file: string): string {
  const name = 'CAIRN_EVENT_STORE';
  const given = environment[name]?.trim() ?? '';
  if (/^(kurrentdb|kdb)(\+discover)?:/.test(given)) {
    throw new ConfigError(name, 'must begin with esdb:// or esdb+discover://, which is what the client takes.');
  }
  if (!isEsdbUrl(given)) return storeUrl(environment, name, file, ', or an esdb:// or esdb+discover:// URL,');
  try {
    checkEsdbUrl(given);
  } catch (error) {
    throw new ConfigError(name, `${(error as Error).message}.`);
  }
  return given;
}

function databaseUrl(environment: Environment, file: string): string {
  const name = 'CAIRN_DATABASE';
  const given = environment[name]?.trim() ?? '';
  if (!isPostgresUrl(given)) return storeUrl(environment, name, file, ', or a postgres:// URL,');
  try {
    checkPostgresUrl(given);
  } catch (error) {
    throw new ConfigError(name, `${(error as Error).message}.`);
  }
  return given;
}

function storeUrl(environment: Environment, name: string, file: string, others = ','): string {
  const given = environment[name]?.trim();
  if (!given) return `sqlite:${file}`;
  const path = /^sqlite:(.+)$/.exec(given)?.[1];
  if (path === undefined) {
    throw new ConfigError(
      name,
      `must be sqlite: and a file such as sqlite:data/ledger.db${others} not ${schemeOf(given)}.`,
    );
  }
  return `sqlite:${path}`;
}

function hostOf(environment: Environment): string {
  const host = read(environment, 'CAIRN_HOST');
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) {
    throw new ConfigError('CAIRN_HOST', `must be a host name or an address such as 127.0.0.1, not ${host}.`);
  }
  return host;
}

function portOf(environment: Environment): number {
  const port = read(environment, 'CAIRN_PORT');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new ConfigError('CAIRN_PORT', `must be a whole number from 0 to 65535, not ${port}.`);
  }
  return Number(port);
}

function countOf(environment: Environment, name: string, least: number): number {
  const count = read(environment, name);
  if (!/^\d{1,9}$/.test(count) || Number(count) < least) {
    throw new ConfigError(name, `must be a whole number from ${least} to 999999999, not ${count}.`);
  }
  return Number(count);
}

function exportsMibOf(environment: Environment): number {
  const mib = read(environment, 'CAIRN_EXPORTS_MIB');
  if (!/^\d{1,8}$/.test(mib)) {
    throw new ConfigError('CAIRN_EXPORTS_MIB', `must be a whole number of MiB, not ${mib}.`);
  }
  return Number(mib);
}

/** Each is asked for its keys every so often, and for each that a token names and nobody knows. */
const ISSUERS_MAX = 20;

function oidcOf(environment: Environment): Pick<Config, 'oidc'> {
  const issuers = [...new Set(listOf(read(environment, 'CAIRN_OIDC_ISSUERS')))];
  const audience = read(environment, 'CAIRN_OIDC_AUDIENCE');
  if (issuers.length > ISSUERS_MAX) {
    throw new ConfigError('CAIRN_OIDC_ISSUERS', `must name at most ${ISSUERS_MAX} issuers, not ${issuers.length}.`);
  }
  const wrong = issuers.find((issuer) => !isIssuer(issuer));
  if (wrong !== undefined) {
    throw new ConfigError('CAIRN_OIDC_ISSUERS', `must name issuers by their https addresses, not ${wrong}.`);
  }
  if (issuers.length === 0) {
    if (audience === '') return {};
    throw new ConfigError('CAIRN_OIDC_AUDIENCE', 'is of use only with CAIRN_OIDC_ISSUERS.');
  }
  if (!/^[!-~]{1,500}$/.test(audience)) {
    throw new ConfigError(
      'CAIRN_OIDC_AUDIENCE',
      'must say which audience the tokens of CAIRN_OIDC_ISSUERS name, such as https://cairn.example.org.',
    );
  }
  return { oidc: { issuers, audience } };
}

function sealingOf(environment: Environment): Pick<Config, 'sealing' | 'witnessing'> {
  const mode = read(environment, 'CAIRN_SEAL');
  if (mode !== 'on' && mode !== 'off') throw new ConfigError('CAIRN_SEAL', `must be on or off, not ${mode}.`);
  const interval = read(environment, 'CAIRN_SEAL_INTERVAL_MS');
  if (!/^\d{1,8}$/.test(interval) || Number(interval) < SEAL_INTERVAL_MIN_MS) {
    throw new ConfigError(
      'CAIRN_SEAL_INTERVAL_MS',
      `must be a whole number of milliseconds, ${SEAL_INTERVAL_MIN_MS} at least, not ${interval}.`,
    );
  }
  const origin = read(environment, 'CAIRN_ORIGIN');
  if (origin !== '' && !isKeyName(origin)) {
    throw new ConfigError('CAIRN_ORIGIN', 'must be a name such as example.org/cairn, without spaces and plus signs.');
  }
  const signingKey = read(environment, 'CAIRN_SIGNING_KEY');
  const previousKey = read(environment, 'CAIRN_SIGNING_KEY_PREVIOUS');
  if (previousKey !== '' && signingKey === '') {
    throw new ConfigError('CAIRN_SIGNING_KEY_PREVIOUS', 'is of use only with the key after it, in CAIRN_SIGNING_KEY.');
  }
  const witnessing = witnessingOf(environment);
  if (mode === 'off') return { witnessing };
  return {
    witnessing,
    sealing: {
      intervalMs: Number(interval),
      ...witnessing,
      ...(origin !== '' && { origin }),
      ...(signingKey !== '' && { signingKey }),
      ...(previousKey !== '' && { previousKey }),
    },
  };
}

function witnessingOf(environment: Environment): WitnessingConfig {
  const witnesses = read(environment, 'CAIRN_WITNESSES');
  const count = countOfWitnesses(witnesses);
  const required = read(environment, 'CAIRN_WITNESSES_REQUIRED');
  if (!/^\d{1,2}$/.test(required) || Number(required) > count) {
    throw new ConfigError(
      'CAIRN_WITNESSES_REQUIRED',
      `must be a whole number from 0 to that of the witnesses, which is ${count}, not ${required}.`,
    );
  }
  return { witnesses, witnessesRequired: Number(required) };
}

function countOfWitnesses(text: string): number {
  try {
    return parseWitnesses(text).length;
  } catch (error) {
    throw new ConfigError('CAIRN_WITNESSES', `${(error as Error).message}.`);
  }
}

/** A token that people could guess would be checked against the hash in the ledger offline, so short ones are refused. */
function adminTokenOf(environment: Environment): string | undefined {
  const token = environment['CAIRN_ADMIN_TOKEN']?.trim();
  if (!token) return undefined;
  if (!/^[A-Za-z0-9._~+/=-]{32,256}$/.test(token)) {
    throw new ConfigError(
      'CAIRN_ADMIN_TOKEN',
      'must be 32 to 256 characters of letters, digits and . _ ~ + / = -. Make one with: openssl rand -hex 32',
    );
  }
  return token;
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return '';
  }
}
