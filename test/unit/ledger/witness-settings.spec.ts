import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '../../../src/config.js';
import { cosigner, generateCosignerKey } from '../../../src/ledger/note/cosignature.js';
import { generateSigningKey, parseSigningKey } from '../../../src/ledger/note/keys.js';
import { parseWitnesses } from '../../../src/ledger/witness/settings.js';

const keyOf = (name: string, seed = 1): string =>
  cosigner(generateCosignerKey(name, Buffer.alloc(32, seed))).verifier.text;
const A = keyOf('witness.example/a', 1);
const B = keyOf('b', 2);

describe('the setting of witnesses', () => {
  it('names none when it is empty', () => {
    expect(parseWitnesses(' \n')).toEqual([]);
  });

  it('names each by key and address, with white space between them', () => {
    const witnesses = parseWitnesses(` ${A}@https://a.example:8443/some/path/ \n\t${B}@http://[::1]:80\n`);
    expect(witnesses.map(({ verifier, url }) => [verifier.text, url])).toEqual([
      [A, 'https://a.example:8443/some/path'],
      [B, 'http://[::1]'],
    ]);
  });

  it('takes names and addresses that have an @ or a comma in them', () => {
    const key = keyOf('ops@example,org');
    const [witness] = parseWitnesses(`${key}@https://example.org/@ops,eu`);
    expect([witness?.verifier.name, witness?.url]).toEqual(['ops@example,org', 'https://example.org/@ops,eu']);
  });

  const logKey = parseSigningKey(generateSigningKey('log')).verifier.text;
  it.each([
    ['a word', 'witness', /has witness…, which is not a verifier key, an @ and an address/],
    ['a key alone', A, /is not a verifier key, an @ and an address/],
    ['an address alone', 'https://a.example', /is not a verifier key, an @ and an address/],
    ['commas for spaces', `${A}@https://a.example,${B}@https://b.example`, /two keys with no white space between them/],
    ['a key that signs notes', `${logKey}@https://a.example`, /is no witness's/],
    [
      'a key with another id',
      `${A.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}@https://a.example`,
      /id that is not its own/,
    ],
    ['a key cut off', `${A.slice(0, -4)}@https://a.example`, /no known algorithm/],
    [
      'an address of another kind',
      `${A}@ftp://a.example`,
      /the address ftp:\/\/a\.example, which is not of http or https/,
    ],
    ['no address', `${A}@a.example`, /not of http or https/],
    ['a query', `${A}@https://a.example/?log=1`, /with more than a path/],
    ['a fragment', `${A}@https://a.example/#1`, /with more than a path/],
    ['one key twice', `${A}@https://a.example ${A}@https://b.example`, /has the key of witness\.example\/a twice/],
    ['one key by two names', `${A}@https://a.example ${keyOf('c', 1)}@https://b.example`, /has the key of c twice/],
    ['one address twice', `${A}@https://a.example ${B}@https://a.example/`, /names https:\/\/a\.example twice/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseWitnesses(text)).toThrow(message);
    expect(() => loadConfig({ CAIRN_WITNESSES: text })).toThrow(ConfigError);
  });

  it('refuses a password without repeating it', () => {
    const refusal = expect(() => parseWitnesses(`${A}@https://me:hunter2@a.example`));
    refusal.toThrow(/has a password for a\.example/);
    for (const text of [`${A}@https://me:hunter2@a.example`, 'nokey@https://me:hunter2@a.example']) {
      expect(() => parseWitnesses(text)).not.toThrow(/hunter2/);
    }
  });

  it('is written in the documentation as it is taken', async () => {
    const page = await readFile(new URL('../../../docs/tamper-evidence.md', import.meta.url), 'utf8');
    const [, setting = ''] = /CAIRN_WITNESSES='([^']+)'/.exec(page) ?? [];
    expect(parseWitnesses(setting).map(({ verifier }) => verifier.name)).toEqual([
      'witness.example.org/w1',
      'audit.example.net',
    ]);
  });

  it('takes 15, and not more', () => {
    const some = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${keyOf(`w${index}`, index)}@https://w${index}.example`).join(' ');
    expect(parseWitnesses(some(15))).toHaveLength(15);
    expect(() => parseWitnesses(some(16))).toThrow(/more than 15/);
  });
});

describe('the number of witnesses that are required', () => {
  const CAIRN_WITNESSES = `${A}@https://a.example ${B}@https://b.example`;

  it('is none by default', () => {
    expect(loadConfig({}).sealing).toMatchObject({ witnesses: '', witnessesRequired: 0 });
    expect(loadConfig({ CAIRN_WITNESSES }).sealing?.witnessesRequired).toBe(0);
  });

  it('is at most all of them', () => {
    expect(loadConfig({ CAIRN_WITNESSES, CAIRN_WITNESSES_REQUIRED: '2' }).sealing).toMatchObject({
      witnesses: CAIRN_WITNESSES,
      witnessesRequired: 2,
    });
    const refusal = expect(() => loadConfig({ CAIRN_WITNESSES, CAIRN_WITNESSES_REQUIRED: '3' }));
    refusal.toThrow(/^CAIRN_WITNESSES_REQUIRED must be a whole number from 0 to .* 2, not 3\.$/);
  });

  it.each(['-1', '1.5', 'all', '0x1', '100'])('is not %s', (required) => {
    const load = () => loadConfig({ CAIRN_WITNESSES, CAIRN_WITNESSES_REQUIRED: required });
    expect(load).toThrow(/CAIRN_WITNESSES_REQUIRED must be/);
  });
});
