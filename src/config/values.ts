import { ConfigError } from './error.js';
import type { Read } from './settings.js';

/** Texts with commas between them. */
export const listOf = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** @throws ConfigError for anything but a whole number that is large enough */
export function countOf(read: Read, name: string, least: number): number {
  const count = read(name);
  if (!/^\d{1,9}$/.test(count) || Number(count) < least) {
    throw new ConfigError(name, `must be a whole number from ${least} to 999999999, not ${count}.`);
  }
  return Number(count);
}

/** Bytes. @throws ConfigError */
export function exportsBytesOf(read: Read): number {
  const mib = read('CAIRN_EXPORTS_MIB');
  if (!/^\d{1,8}$/.test(mib)) {
    throw new ConfigError('CAIRN_EXPORTS_MIB', `must be a whole number of MiB, not ${mib}.`);
  }
  return Number(mib) * 1024 ** 2;
}

/** @throws ConfigError */
export function hostOf(read: Read): string {
  const host = read('CAIRN_HOST');
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(host)) {
    throw new ConfigError('CAIRN_HOST', `must be a host name or an address such as 127.0.0.1, not ${host}.`);
  }
  return host;
}

/** @throws ConfigError */
export function portOf(read: Read): number {
  const port = read('CAIRN_PORT');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new ConfigError('CAIRN_PORT', `must be a whole number from 0 to 65535, not ${port}.`);
  }
  return Number(port);
}

/**
 * A token that people could guess would be checked against the hash in the ledger offline, so short ones are refused.
 *
 * @throws ConfigError
 */
export function adminTokenOf(read: Read): string | undefined {
  const token = read('CAIRN_ADMIN_TOKEN');
  if (token === '') return undefined;
  if (!/^[A-Za-z0-9._~+/=-]{32,256}$/.test(token)) {
    throw new ConfigError(
      'CAIRN_ADMIN_TOKEN',
      'must be 32 to 256 characters of letters, digits and . _ ~ + / = -. Make one with: openssl rand -hex 32',
    );
  }
  return token;
}
