import { isAtServer, loadConfig, type Config } from '../config.js';

export interface ServerOptions {
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
}

/**
 * The settings with the command line's options on top. `--data` names the folder of both files, so it also takes the
 * place of settings that name one of them alone. A ledger at a server is in no folder and stays.
 *
 * @throws ConfigError for a setting or option that cannot be used
 */
export function configFor({ host, port, data }: ServerOptions): Config {
  const { CAIRN_EVENT_STORE, CAIRN_DATABASE, ...environment } = process.env;
  const files = data === undefined ? { CAIRN_EVENT_STORE, CAIRN_DATABASE } : { CAIRN_DATA: data };
  const server = isAtServer(CAIRN_EVENT_STORE?.trim() ?? '') ? { CAIRN_EVENT_STORE } : {};
  return loadConfig({
    ...environment,
    ...files,
    ...server,
    ...(host !== undefined && { CAIRN_HOST: host }),
    ...(port !== undefined && { CAIRN_PORT: port }),
  });
}
