import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { isKeyGiven, readSigningKey } from '../../../src/cli/attest/signing-key.js';

const folder = mkdtempSync(join(tmpdir(), 'cairn-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  delete process.env['CAIRN_ATTEST_KEY'];
  delete process.env['CAIRN_ATTEST_KEY_PASSPHRASE'];
  jest.restoreAllMocks();
});

const ED25519 = generateKeyPairSync('ed25519').privateKey;
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const pkcs8 = ED25519.export({ type: 'pkcs8', format: 'pem' }).toString();
const sec1 = P256.export({ type: 'sec1', format: 'pem' }).toString();
const encrypted = ED25519.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'open',
}).toString();

function fileOf(text: string, mode = 0o600): string {
  const file = join(folder, 'key.pem');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe('a key to sign with', () => {
  it.each([
    ['PKCS#8', pkcs8, ED25519],
    ['SEC1', sec1, P256],
  ])('may be %s, in a file or in the environment, or in a file that the environment names', async (_form, pem, key) => {
    expect((await readSigningKey(fileOf(pem))).equals(key)).toBe(true);
    for (const given of [`\n${pem}`, fileOf(pem)]) {
      process.env['CAIRN_ATTEST_KEY'] = given;
      expect(isKeyGiven(undefined)).toBe(true);
      expect((await readSigningKey(undefined)).equals(key)).toBe(true);
    }
  });

  it('may be encrypted, with its passphrase in the environment', async () => {
    const file = fileOf(encrypted);
    await expect(readSigningKey(file)).rejects.toMatchObject({
      ...{ reason: 'input', message: 'The key is encrypted.' },
      hint: expect.stringContaining('CAIRN_ATTEST_KEY_PASSPHRASE'),
    });
    process.env['CAIRN_ATTEST_KEY_PASSPHRASE'] = 'sesame';
    await expect(readSigningKey(file)).rejects.toThrow('does not open');
    process.env['CAIRN_ATTEST_KEY_PASSPHRASE'] = 'open';
    expect((await readSigningKey(file)).equals(createPrivateKey(pkcs8))).toBe(true);
  });

  it('gets a warning where others can read it, and none where they cannot', async () => {
    const warn = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    await readSigningKey(fileOf(pkcs8));
    expect(warn).not.toHaveBeenCalled();
    await readSigningKey(fileOf(pkcs8, 0o640));
    expect(warn.mock.calls.flat().join()).toContain('chmod 600');
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  it.each([
    ['RSA', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'this one is rsa.'],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
        .privateKey.export({ type: 'sec1', format: 'pem' })
        .toString(),
      'this one is ec secp256k1.',
    ],
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'not a private key'],
    ['no key', 'hello', 'not a private key'],
  ])('cannot be %s', async (_what, pem, message) => {
    await expect(readSigningKey(fileOf(pem))).rejects.toMatchObject({
      reason: 'input',
      message: expect.stringContaining(message),
    });
  });

  it('must be given, and not on the command line itself', async () => {
    expect(isKeyGiven(undefined)).toBe(false);
    await expect(readSigningKey(undefined)).rejects.toMatchObject({ reason: 'usage' });
    const onCommandLine = readSigningKey(pkcs8);
    await expect(onCommandLine).rejects.toMatchObject({ reason: 'usage' });
    await expect(onCommandLine).rejects.not.toThrow(pkcs8.split('\n')[1]);
    await expect(readSigningKey(join(folder, 'none'))).rejects.toMatchObject({ reason: 'input' });
  });
});
