import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXIT_CODES } from '../../../src/cli/exit-codes.js';
import { digestOf } from '../support/fixtures.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { cairn, hasControlCharacters, temporaryFolder } from './cairn.js';

const folder = temporaryFolder();
const key = join(folder.path, 'shop.pem');
const digest = digestOf('attested');
const SOURCE = ['--repository', 'https://git.example/shop', '--commit', 'abc1234'];
const BUILD = [...SOURCE, '--builder', 'https://ci.example', '--build-type', 'https://ci.example/v1'];
const BAKE = ['--component', 'shop-api', '--version', '1.0.0', '--kind', 'package', '--layer', 'application'];

let server: TestServer;
let settings: Record<string, string>;
let keyId: string;
beforeAll(async () => {
  server = await startTestServer();
  await server.admin.post('/v1/pipelines', { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'] });
  settings = { CAIRN_URL: server.url, CAIRN_TOKEN: (await server.as('pipeline', 'shop')).token };
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

const dataOf = async (receipt: string) => {
  const { eventId } = JSON.parse(receipt) as { eventId: string };
  return (await server.admin.get<{ data: object }>(`/v1/events/${eventId}`)).body.data;
};

describe('cairn attest', () => {
  it('keygen makes a key that the server knows by the same id, and says how it is registered', async () => {
    const made = await cairn(['attest', 'keygen', '--out', key]);
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{32}\n$/) });
    expect(made.stderr).not.toContain('PRIVATE');
    keyId = made.stdout.trim();
    expect([key, `${key}.pub`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o644]);
    const [, body = ''] = /-d '(.+)'$/m.exec(made.stderr) ?? [];
    const registered = await server.admin.post('/v1/pipelines/shop/keys', JSON.parse(body));
    expect(registered).toMatchObject({ status: 201, body: { keyId } });

    const before = readFileSync(key, 'utf8');
    expect((await cairn(['attest', 'keygen', '--out', key])).code).toBe(EXIT_CODES.usage);
    expect(readFileSync(key, 'utf8')).toBe(before);
  });

  it('signs provenance with which a bake is taken as signed', async () => {
    const args = ['--key', key, '--subject', digest, '--name', 'shop-api', '--predicate-type', 'provenance'];
    const signed = await cairn(['attest', ...args, ...BUILD]);
    expect([signed.code, signed.stderr]).toEqual([0, '']);
    const envelope = JSON.parse(signed.stdout) as { signatures: { keyid: string }[] };
    expect(envelope.signatures).toMatchObject([{ keyid: keyId }]);

    const bake = ['bake', '--digest', digest, ...BAKE, ...SOURCE, '--run', '17', '--provenance', '-'];
    const baked = await cairn(bake, settings, signed.stdout);
    expect([baked.code, baked.stderr]).toEqual([0, expect.stringMatching(/^Recorded: the bake of shop-api 1\.0\.0, /)]);
    expect(await dataOf(baked.stdout)).toMatchObject({
      ...{ digest, proof: 'signed', run: { id: '17' } },
      provenance: { keyId, builder: 'https://ci.example', statement: envelope },
    });
  });

  it('signs what tests found and has it recorded, or says why it is not', async () => {
    const predicate = join(folder.path, 'tests.json');
    const out = join(folder.path, 'tests.dsse.json');
    writeFileSync(predicate, JSON.stringify({ result: 'PASSED', configuration: [{ uri: 'https://ci.example/17' }] }));
    const args = ['attest', '--subject', digest, '--predicate-type', 'test-result', '--predicate', predicate, '--post'];
    const post = (result: string, ...more: string[]) =>
      cairn([...args, '--type', 'unit-tests', '--result', result, ...more], {
        ...settings,
        CAIRN_ATTEST_KEY: readFileSync(key, 'utf8'),
      });
    const passed = await post('passed', '--out', out, '--quiet');
    expect([passed.code, passed.stderr]).toEqual([0, '']);
    expect(await dataOf(passed.stdout)).toMatchObject({
      ...{ digest, type: 'unit-tests', result: 'passed', proof: 'signed' },
      signed: { keyId, statement: JSON.parse(readFileSync(out, 'utf8')) as object },
    });

    const other = await post('failed');
    expect([other.code, other.stdout]).toEqual([EXIT_CODES.failed, '']);
    expect(other.stderr).toMatch(
      /Refused, provenance-invalid: .* fails at its result: expected a statement that says failed/,
    );
    expect(hasControlCharacters(other.stderr)).toBe(false);
  });

  it('says which options are missing, and what a key must be', async () => {
    const none = await cairn(['attest', '--key', key]);
    expect(none).toMatchObject({ code: EXIT_CODES.usage, stdout: '' });
    expect(none.stderr).toContain('--subject, --predicate-type must be given.');
    const args = ['attest', '--subject', digest, '--predicate-type', 'provenance', ...BUILD];
    const wrong = await cairn([...args, '--key', '-'], {}, 'hello');
    expect(wrong).toMatchObject({ code: EXIT_CODES.input, stdout: '' });
    expect(wrong.stderr).toContain('not a private key in PEM');
  });
});
