import { isAtServer, loadConfig, type Config } from '../config.js';

export interface ServerOptions {
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
}

/**
 * The settings with the command line's options on top. `--data` names the folder of both files, so it also takes the
 * place of settings that name one of them alone. What is at a server is in no folder and stays.
 *
 * @throws ConfigError for a setting or option that cannot be used
 */
export function configFor({ host, port, data }: ServerOptions): Config {
  const { CAIRN_EVENT_STORE, CAIRN_DATABASE, ...environment } = process.env;
  const files = data === undefined ? { CAIRN_EVENT_STORE, CAIRN_DATABASE } : { CAIRN_DATA: data };
  const servers = Object.fromEntries(
    Object.entries({ CAIRN_EVENT_STORE, CAIRN_DATABASE }).filter(([, url]) => isAtServer(url?.trim() ?? '')),
  );
  return loadConfig({
    ...environment,
    ...files,
    ...servers,
    ...(host !== undefined && { CAIRN_HOST: host }),
    ...(port !== undefined && { CAIRN_PORT: port }),
  });
}
