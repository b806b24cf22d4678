import { loadConfig, type Config } from '../config.js';

export interface ServerOptions {
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
}

/**
 * The settings with the command line's options on top. `--data` names the folder of both files, so it also takes the
 * place of settings that name one of them alone. What is no file is in no folder and stays.
 *
 * @throws ConfigError for a setting or option that cannot be used
 */
export function configFor({ host, port, data }: ServerOptions): Config {
  const { CAIRN_EVENT_STORE, CAIRN_DATABASE, ...environment } = process.env;
  const stores = Object.entries({ CAIRN_EVENT_STORE, CAIRN_DATABASE }).filter(
    ([, url]) => data === undefined || !namesFile(url),
  );
  return loadConfig({
    ...environment,
    ...Object.fromEntries(stores),
    ...(data !== undefined && { CAIRN_DATA: data }),
    ...(host !== undefined && { CAIRN_HOST: host }),
    ...(port !== undefined && { CAIRN_PORT: port }),
  });
}

const namesFile = (url: string | undefined): boolean => /^(sqlite:|$)/.test(url?.trim() ?? '');
