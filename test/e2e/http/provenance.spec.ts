import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provenanceCases, type ProvenanceCase } from '../../support/provenance-cases.js';
import { envelopeOf } from '../../support/envelope.js';
import { pemOf, provenanceOf } from '../../support/statements.js';
import { startTestServer, type Api, type TestServer } from '../support/server.js';

const CASES = provenanceCases();

interface Problem {
  readonly reason?: string;
  readonly detail: string;
  readonly missing?: readonly string[];
}

const ROOTS = [...new Set(CASES.flatMap(({ trustedRoot }) => trustedRoot ?? []))];

let folder: string;
let server: TestServer;

/** A server that trusts these of the roots. */
const startWith = (roots: readonly string[]): Promise<TestServer> =>
  startTestServer(undefined, {
    CAIRN_TRUSTED_ROOTS: roots.map((root) => join(folder, `root-${ROOTS.indexOf(root)}.json`)).join(','),
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-roots-'));
  ROOTS.forEach((text, index) => writeFileSync(join(folder, `root-${index}.json`), text));
  server = await startWith(ROOTS);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A pipeline whose certificates or key are those of the case. */
async function pipelineOf(
  name: string,
  { identities = [], key, at = server }: { identities?: ProvenanceCase['identity'][]; key?: string; at?: TestServer },
): Promise<Api> {
  const registration = { id: name, name, mayBake: ['*'], mayPromoteTo: ['*'], identities };
  expect((await at.admin.post('/v1/pipelines', registration)).status).toBe(201);
  if (key !== undefined) {
    expect((await at.admin.post(`/v1/pipelines/${name}/keys`, { publicKey: key })).status).toBe(201);
  }
  return at.as('pipeline', name);
}

const bakeOf = (
  digest: string,
  provenance: unknown,
  source = { repository: 'https://example.org/x', commit: 'c0ffee1' },
) => ({
  ...{ digest, component: 'shop-api', version: '1.0.0', kind: 'package', layer: 'application' },
  ...{ source, run: { id: '17' }, provenance },
});

(CASES.length > 0 ? describe : describe.skip)('a bake with a proof that somebody else made', () => {
  const isGood = ({ expect: expected, id }: ProvenanceCase) => expected === 'valid' && !id.startsWith('vsa/');
  const isJson = ({ text }: ProvenanceCase) => {
    try {
      return JSON.parse(text) !== null;
    } catch {
      return false;
    }
  };

  const servers = new Map<string, TestServer>();
  afterAll(() => Promise.all([...servers.values()].map((other) => other.stop())));

  /** Each trusts one root; and some cases prove the same bytes from different sources, which is a conflict in one ledger. */
  async function serverFor({ digest, source, trustedRoot = '' }: ProvenanceCase): Promise<TestServer> {
    const sources = CASES.filter((other) => other.digest === digest).map((other) => JSON.stringify(other.source));
    const name = `${ROOTS.indexOf(trustedRoot)} ${[...new Set(sources)].indexOf(JSON.stringify(source))}`;
    const found = servers.get(name) ?? (await startWith(trustedRoot === '' ? [] : [trustedRoot]));
    servers.set(name, found);
    return found;
  }

  async function bakeAt(at: TestServer, index: number, one: ProvenanceCase) {
    const claimed = { ...one.identity, san: 'https://github.com/bazel-contrib/publish-to-bcr/*' };
    const identity = one.expect === 'valid-signature-wrong-identity' ? claimed : one.identity;
    const key = one.key === undefined ? {} : { key: one.key };
    const pipeline = await pipelineOf(`case-${index}`, { identities: [identity], ...key, at });
    const { status, body } = await pipeline.post<Problem & { eventId: string }>(
      '/v1/artifacts',
      bakeOf(one.digest, JSON.parse(one.text), one.source),
    );
    if (status === 400) return 'no JSON that can be kept';
    if (status !== 201)
      return `${body.reason} ${/fails at its ([a-z-]+): expected .+, and saw ./.exec(body.detail)?.[1]}`;
    const event = await at.admin.get<{ data: { proof: string } }>(`/v1/events/${body.eventId}`);
    return event.body.data.proof;
  }

  it('is taken with its level and signer, or refused at the step that fails; each case', async () => {
    const rows: string[] = [];
    for (const [index, one] of CASES.filter(isJson).entries()) {
      const seen = await bakeAt(await serverFor(one), index, one);
      rows.push(`${one.expect.padEnd(30)} ${seen.padEnd(36)} ${one.id}`);
      const level = one.key === undefined ? /^keyless$/ : /^signed$/;
      expect(rows.at(-1)?.slice(31, 67).trim()).toMatch(isGood(one) ? level : /^provenance-invalid [a-z-]+$|^no JSON/);
    }
    expect(rows.length).toBeGreaterThan(100);
    process.stdout.write(
      `expected                       seen                                 case\n${rows.join('\n')}\n`,
    );
  }, 300_000);
});

describe('a bake with a statement that its pipeline signed', () => {
  const SOURCE = { repository: 'https://example.org/shop', commit: 'c0ffee1d2c3b4a5968778695a4b3c2d1e0f10203' };
  const digestOf = (n: number) => `sha256:${n.toString(16).padStart(64, '0')}`;

  const KEYS = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })] as const;
  let shop: Api;
  let keyIds: string[];
  beforeAll(async () => {
    shop = await pipelineOf('shop', {});
    keyIds = [];
    for (const { publicKey } of KEYS) {
      const answer = await server.admin.post<{ keyId: string }>('/v1/pipelines/shop/keys', {
        publicKey: pemOf(publicKey),
      });
      keyIds.push(answer.body.keyId);
    }
    await server.admin.post('/v1/environments', { name: 'open', tier: 'development' });
    await server.admin.post('/v1/environments', {
      ...{ name: 'locked', tier: 'production', policy: { provenance: 'signed' } },
    });
  });

  const bake = (digest: string, provenance?: object) =>
    shop.post<Problem & { eventId: string }>('/v1/artifacts', bakeOf(digest, provenance, SOURCE));
  const promote = (environment: string, digest: string) =>
    shop.post<Problem>(`/v1/environments/${environment}/promotions`, {
      ...{ digest, strategy: 'all-at-once', change: { type: 'standard', reason: 'try' } },
    });

  it.each([0, 1] as const)(
    'is taken as signed, by either kind of key (%d), and the statement is kept whole',
    async (n) => {
      const digest = digestOf(n + 1);
      const envelope = envelopeOf(provenanceOf(digest, SOURCE), KEYS[n].privateKey);
      const { status, body } = await bake(digest, envelope);
      expect(status).toBe(201);
      const event = await server.admin.get<{ data: object }>(`/v1/events/${body.eventId}`);
      expect(event.body.data).toMatchObject({
        proof: 'signed',
        provenance: { keyId: keyIds[n], statement: envelope, predicateType: 'https://slsa.dev/provenance/v1' },
      });
      const artifact = await server.admin.get<{ proof: string; runs: object[] }>(`/v1/artifacts/${digest}`);
      expect(artifact.body).toMatchObject({ proof: 'signed', runs: [{ proof: 'signed', signerKey: keyIds[n] }] });
    },
  );

  it.each([
    ['of another artifact', 'subject', provenanceOf(digestOf(99), SOURCE), KEYS[0].privateKey],
    ['of another commit', 'source', provenanceOf(digestOf(3), { ...SOURCE, commit: 'decade0' }), KEYS[0].privateKey],
    [
      'of another repository',
      'source',
      provenanceOf(digestOf(3), { ...SOURCE, repository: 'https://e.org/x' }),
      KEYS[0].privateKey,
    ],
    [
      'of no provenance',
      'predicate',
      { ...provenanceOf(digestOf(3), SOURCE), predicateType: 'https://e.org/sbom' },
      KEYS[0].privateKey,
    ],
    [
      'by a key of somebody else',
      'signature',
      provenanceOf(digestOf(3), SOURCE),
      generateKeyPairSync('ed25519').privateKey,
    ],
  ])('%s is refused at its %s, and nothing is baked', async (_what, step, statement, key) => {
    const { status, body } = await bake(digestOf(3), envelopeOf(statement, key));
    expect({ status, reason: body.reason }).toEqual({ status: 422, reason: 'provenance-invalid' });
    expect(body.detail).toContain(`fails at its ${step}:`);
    expect((await server.admin.get(`/v1/events/${body.eventId}`)).status).toBe(200);
    expect((await server.admin.get(`/v1/artifacts/${digestOf(3)}`)).status).toBe(404);
  });

  it('opens the environment that asks for it, once it is posted again with its proof', async () => {
    const digest = digestOf(4);
    expect((await bake(digest)).status).toBe(201);
    expect((await promote('open', digest)).status).toBe(201);
    const refused = await promote('locked', digest);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ reason: 'artifact-not-pipeline-produced', missing: ['proof signed'] });
    expect((await bake(digest, envelopeOf(provenanceOf(digest, SOURCE), KEYS[0].privateKey))).status).toBe(201);
    expect((await promote('locked', digest)).status).toBe(201);
  });

  it('counts from the moment that a key is revoked no more, and what it had proven stays proven', async () => {
    const [before, after] = [digestOf(5), digestOf(6)];
    expect((await bake(before, envelopeOf(provenanceOf(before, SOURCE), KEYS[1].privateKey))).status).toBe(201);
    const path = `/v1/pipelines/shop/keys/${keyIds[1]}/revocation`;
    expect((await server.admin.post(path, { reason: 'The runner was broken into.' })).status).toBe(201);
    expect((await server.admin.post(path, { reason: 'again' })).status).toBe(404);
    const late = await bake(after, envelopeOf(provenanceOf(after, SOURCE), KEYS[1].privateKey));
    expect(late.body.reason).toBe('provenance-invalid');
    expect((await promote('locked', before)).status).toBe(201);
    const { body } = await server.admin.get<{ keys: { keyId: string }[] }>('/v1/pipelines/shop');
    expect(body.keys.map(({ keyId }) => keyId)).toEqual([keyIds[0]]);
  });

  it.each([
    ['a private key', KEYS[0].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['an RSA key', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
    ['a key on another curve', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey)],
    ['no key', 'nothing'],
  ])('cannot be of %s', async (_what, publicKey) => {
    const { status, text } = await server.admin.post('/v1/pipelines/shop/keys', { publicKey });
    expect(status).toBe(400);
    expect(text).not.toContain('PRIVATE');
  });

  it.each([
    ['a text', 'proof', 400],
    ['a list', [], 400],
    ['an empty object', {}, 422],
    ['an envelope without signatures', { payloadType: 'x', payload: 'e30=', signatures: [] }, 422],
    ['a bundle of nothing', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }, 422],
    ['a bundle of no known version', { mediaType: 'x', verificationMaterial: {}, dsseEnvelope: {} }, 422],
  ])('that is %s is answered with a problem', async (_what, provenance, status) => {
    const answer = await shop.post('/v1/artifacts', bakeOf(digestOf(7), provenance, SOURCE));
    expect(answer.status).toBe(status);
  });
});

(CASES.length > 0 ? describe : describe.skip)('the trusted roots', () => {
  it('are written down whole when they change, and only then', async () => {
    const read = async () => {
      const { body } = await server.admin.get<{ items: { id: string }[] }>('/v1/events?type=TrustedRootsChanged.v1');
      return body.items;
    };
    const [first, ...more] = await read();
    expect(more).toEqual([]);
    const event = await server.admin.get<{ data: { roots: { digest: string; text: string }[] } }>(
      `/v1/events/${first?.id}`,
    );
    expect(new Set(event.body.data.roots.map(({ text }) => text))).toEqual(new Set(ROOTS));
    server = await server.restart();
    expect(await read()).toHaveLength(1);
  });
});
