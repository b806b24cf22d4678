import { createPrivateKey, type KeyObject } from 'node:crypto';
import { statSync } from 'node:fs';
import { hashOfKey, SIGNING_KEYS } from '../../provenance/keys.js';
import { CliError } from '../errors.js';
import { readInput, STDIN } from '../input.js';

const PEM = '-----BEGIN ';
/** Rights of the group and of everybody else. */
const OTHERS = 0o077;

/** That a key was named, in one of the ways in which {@link readSigningKey} looks for it. */
export const isKeyGiven = (file: string | undefined): boolean =>
  file !== undefined || Boolean(process.env['CAIRN_ATTEST_KEY']);

/**
 * The private key that statements are signed with: from a file, from stdin for `-`, or what CAIRN_ATTEST_KEY holds, which
 * is the key itself or the path of a file with it.
 *
 * @throws CliError `usage` without one, `input` for one that cannot be used
 */
export async function readSigningKey(file: string | undefined): Promise<KeyObject> {
  const { CAIRN_ATTEST_KEY: given = '', CAIRN_ATTEST_KEY_PASSPHRASE: passphrase } = process.env;
  if (file?.includes(PEM)) {
    throw new CliError(
      'usage',
      '--key takes a file.',
      'Every user of a machine can see a command line. Set CAIRN_ATTEST_KEY.',
    );
  }
  const source = file ?? given.trim();
  if (source === '')
    throw new CliError('usage', 'No key was given.', 'Name its file with --key, or set CAIRN_ATTEST_KEY.');
  const isPem = source.startsWith(PEM);
  if (!isPem && source !== STDIN) warnIfOpen(source);
  const pem = isPem ? source : await readInput('key', source);
  const key = parseKey(pem, passphrase);
  if (hashOfKey(key) === undefined) {
    const { namedCurve } = key.asymmetricKeyDetails ?? {};
    const kind = [key.asymmetricKeyType, namedCurve].filter((part) => part !== undefined).join(' ');
    throw new CliError(
      'input',
      `A key must be ${SIGNING_KEYS}, and this one is ${kind}.`,
      'Make one with: cairn attest keygen',
    );
  }
  return key;
}

function parseKey(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase && { passphrase }) });
  } catch (error) {
    const isEncrypted = /ENCRYPTED/.test(pem);
    const [message, hint] = !isEncrypted
      ? ['The key is not a private key in PEM (PKCS#8 or SEC1).', 'Make one with: cairn attest keygen']
      : passphrase
        ? ['The key does not open with the passphrase in CAIRN_ATTEST_KEY_PASSPHRASE.', undefined]
        : ['The key is encrypted.', 'Set its passphrase in CAIRN_ATTEST_KEY_PASSPHRASE.'];
    throw new CliError('input', message, hint, { cause: error });
  }
}

function warnIfOpen(file: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  console.error(`Warning: others than its owner may use ${file}. Take their rights away with: chmod 600 ${file}`);
}
