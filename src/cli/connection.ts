import { Option, type Command } from 'commander';
import { loadClientConfig } from '../config.js';
import { ApiClient } from './api-client.js';
import { CliError } from './errors.js';

export interface ConnectionOptions {
  readonly url: string;
  readonly token?: string;
}

/** `--url` and `--token`, of every sub-command that speaks to a running server. */
export const withConnection = (command: Command): Command =>
  withUrl(command).addOption(
    new Option('--token <token>', 'bearer token, better given as CAIRN_TOKEN').env('CAIRN_TOKEN'),
  );

/** `--url` alone, for what needs no token. */
export const withUrl = (command: Command): Command =>
  command.addOption(
    new Option('--url <url>', 'address of the server').env('CAIRN_URL').default('http://127.0.0.1:3000'),
  );

/** @throws CliError without a token, ConfigError for an address that is none */
export function clientFor(options: ConnectionOptions): ApiClient {
  const { url, token } = loadClientConfig({ CAIRN_URL: options.url, CAIRN_TOKEN: options.token });
  if (token === '') throw new CliError('denied', 'No token was given.', 'Set CAIRN_TOKEN, or give --token.');
  return new ApiClient(url, token);
}
