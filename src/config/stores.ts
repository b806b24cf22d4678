import { join } from 'node:path';
import { checkEsdbUrl, isEsdbUrl, schemeOf } from '../event-store/esdb-url.js';
import { checkPostgresUrl, isPostgresUrl } from '../views/database/postgres-url.js';
import { ConfigError } from './error.js';
import type { Environment } from './settings.js';

/** Where truth and views are. */
export interface StoresConfig {
  /** `sqlite:<file>`, `esdb://…` or `esdb+discover://…`; the last two may hold a password. */
  readonly eventStore: string;
  /** `sqlite:<file>` or `postgres://…`, which may hold a password. */
  readonly database: string;
}

/** @throws ConfigError for a place that cannot be used, or that is that of both */
export function storesOf(environment: Environment, dataFolder: string): StoresConfig {
  const eventStore = eventStoreUrl(environment, join(dataFolder, 'ledger.db'));
  const database = databaseUrl(environment, join(dataFolder, 'views.db'));
  if (eventStore === database) {
    throw new ConfigError(
      'CAIRN_DATABASE',
      'names the same file as CAIRN_EVENT_STORE; truth and views are kept apart.',
    );
  }
  return { eventStore, database };
}

/**
 * @param file where the events are, unless the setting says otherwise
 * @throws ConfigError
 */
export function eventStoreUrl(environment: Environment, file: string): string {
  const name = 'CAIRN_EVENT_STORE';
  const given = environment[name]?.trim() ?? '';
  if (/^(kurrentdb|kdb)(\+discover)?:/.test(given)) {
    throw new ConfigError(name, 'must begin with esdb:// or esdb+discover://, which is what the client takes.');
  }
  if (!isEsdbUrl(given)) return storeUrl(name, given, { file, others: ', or an esdb:// or esdb+discover:// URL,' });
  return checked(name, given, checkEsdbUrl);
}

/** Whether events or views are at a server, which no folder of ours holds. */
export const isAtServer = (url: string): boolean => isEsdbUrl(url) || isPostgresUrl(url);

function databaseUrl(environment: Environment, file: string): string {
  const name = 'CAIRN_DATABASE';
  const given = environment[name]?.trim() ?? '';
  if (!isPostgresUrl(given)) return storeUrl(name, given, { file, others: ', or a postgres:// URL,' });
  return checked(name, given, checkPostgresUrl);
}

function checked(name: string, url: string, check: (url: string) => void): string {
  try {
    check(url);
  } catch (error) {
    throw new ConfigError(name, `${(error as Error).message}.`);
  }
  return url;
}

function storeUrl(name: string, given: string, { file, others }: { file: string; others: string }): string {
  if (given === '') return `sqlite:${file}`;
  if (/^sqlite:.+$/.test(given)) return given;
  throw new ConfigError(
    name,
    `must be sqlite: and a file such as sqlite:data/ledger.db${others} not ${schemeOf(given)}.`,
  );
}
