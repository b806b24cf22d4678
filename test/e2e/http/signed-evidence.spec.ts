import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provenanceCases, type ProvenanceCase } from '../../support/provenance-cases.js';
import { envelopeOf } from '../../support/envelope.js';
import { startSigstoreInstance, type SigstoreInstance } from '../../support/sigstore-instance.js';
import { EVIDENCE_KINDS, pemOf, statementOf } from '../../support/statements.js';
import { startTestServer, type Answer, type Api, type TestServer } from '../support/server.js';

const CASES = provenanceCases();
const ROOTS = [...new Set(CASES.flatMap(({ trustedRoot }) => trustedRoot ?? []))];
const TEST = 'https://in-toto.io/attestation/test-result/v0.1';
const VULNS = 'https://in-toto.io/attestation/vulns/v0.2';
const SCAN = { scanner: { uri: 'pkg:trivy', result: [] } };
const KEYS = {
  shop: generateKeyPairSync('ed25519'),
  scanner: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  stranger: generateKeyPairSync('ed25519'),
};

/** It looks at what others have baked, and bakes nothing. */
const SCANNER = { mayBake: [], mayAttest: ['shop-*'], mayPromoteTo: [] };

interface Body {
  readonly eventId: string;
  readonly reason?: string;
  readonly detail: string;
  readonly missing?: readonly string[];
  readonly hint?: string;
}

let folder: string;
let sigstore: SigstoreInstance;
let server: TestServer;
let shop: Api;
let scanner: Api;
let keyOf: Record<'shop' | 'scanner', string>;
let digests = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-roots-'));
  sigstore = await startSigstoreInstance();
  const files = [...ROOTS, sigstore.trustedRoot].map((text, index) => {
    const file = join(folder, `root-${index}.json`);
    writeFileSync(file, text);
    return file;
  });
  server = await startTestServer(undefined, { CAIRN_TRUSTED_ROOTS: files.join(',') });
  shop = await pipelineOf('shop');
  scanner = await pipelineOf('scanner', [], SCANNER);
  keyOf = { shop: await addKey('shop', KEYS.shop), scanner: await addKey('scanner', KEYS.scanner) };
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function pipelineOf(
  id: string,
  identities: readonly ProvenanceCase['identity'][] = [],
  bounds: object = { mayBake: ['*'], mayPromoteTo: ['*'] },
): Promise<Api> {
  const registration = { id, name: id, ...bounds, identities };
  expect((await server.admin.post('/v1/pipelines', registration)).status).toBe(201);
  return server.as('pipeline', id);
}

async function addKey(id: string, { publicKey }: { publicKey: KeyObject }): Promise<string> {
  const key = { publicKey: pemOf(publicKey) };
  const answer = await server.admin.post<{ keyId: string }>(`/v1/pipelines/${id}/keys`, key);
  expect(answer.status).toBe(201);
  return answer.body.keyId;
}

/** Bakes something new. */
async function baked(digest = `sha256:${(++digests).toString(16).padStart(64, '0')}`): Promise<string> {
  const { status } = await shop.post('/v1/artifacts', {
    ...{ digest, component: 'shop-api', version: '1.0.0', kind: 'package', layer: 'application' },
    ...{ source: { repository: 'https://example.org/x', commit: 'c0ffee1' }, run: { id: '17' } },
  });
  expect(status).toBe(201);
  return digest;
}

const attest = (by: Api, digest: string, more: object): Promise<Answer<Body>> =>
  by.post(`/v1/artifacts/${digest}/attestations`, { type: 'vulnerability-scan', result: 'passed', ...more });

const promote = (environment: string, digest: string): Promise<Answer<Body>> =>
  shop.post(`/v1/environments/${environment}/promotions`, {
    ...{ digest, strategy: 'all-at-once', change: { type: 'standard', reason: 'try' } },
  });

const environmentAsking = async (name: string, ...evidence: object[]): Promise<void> => {
  const environment = { name, tier: 'production', policy: { evidence } };
  expect((await server.admin.post('/v1/environments', environment)).status).toBe(201);
};

const refusedAt = (step: string, { status, body }: Answer<Body>): void => {
  expect({ status, reason: body.reason }).toEqual({ status: 422, reason: 'provenance-invalid' });
  expect(body.detail).toMatch(new RegExp(`fails at its ${step}: expected .+, and saw .`));
};

describe('evidence with a statement that the pipeline signed', () => {
  it.each(EVIDENCE_KINDS.map((kind) => [`${kind.predicateType}, ${kind.results.join(' or ')}`, kind] as const))(
    'is taken as signed, by either kind of key, and the statement is kept whole: %s',
    async (_type, { predicateType, predicate, results: [result] }) => {
      for (const [by, id] of [[shop, 'shop'] as const, [scanner, 'scanner'] as const]) {
        const digest = await baked();
        const statement = envelopeOf(statementOf(digest, predicateType, predicate), KEYS[id].privateKey);
        const { status, body } = await attest(by, digest, { result, statement });
        expect(status).toBe(201);
        const event = await server.admin.get<{ data: object }>(`/v1/events/${body.eventId}`);
        expect(event.body.data).toMatchObject({
          ...{ type: 'vulnerability-scan', result, pipeline: id, proof: 'signed' },
          signed: { keyId: keyOf[id], predicateType, statement },
        });
        const artifact = await server.admin.get<{ attestations: object[] }>(`/v1/artifacts/${digest}`);
        expect(artifact.body.attestations).toMatchObject([
          { pipeline: id, proof: 'signed', signerKey: keyOf[id], predicateType },
        ]);
      }
    },
  );

  it('is the pipeline’s word where there is no statement', async () => {
    const digest = await baked();
    expect((await attest(shop, digest, {})).status).toBe(201);
    const { body } = await server.admin.get<{ attestations: object[] }>(`/v1/artifacts/${digest}`);
    expect(body.attestations).toEqual([expect.objectContaining({ proof: 'token', pipeline: 'shop' })]);
    expect(body.attestations).toEqual([expect.not.objectContaining({ signerKey: expect.anything() })]);
  });

  it.each([
    ['about another artifact', 'subject', `sha256:${'f'.repeat(64)}`, TEST, { result: 'PASSED' }, KEYS.shop],
    ['by a key that nobody registered', 'signature', undefined, TEST, { result: 'PASSED' }, KEYS.stranger],
    ['by a key of another pipeline', 'signature', undefined, TEST, { result: 'PASSED' }, KEYS.scanner],
    ['that says the contrary', 'result', undefined, TEST, { result: 'FAILED' }, KEYS.shop],
    [
      ...(['whose summary says the contrary', 'result', undefined] as const),
      ...(['https://slsa.dev/verification_summary/v1', { verificationResult: 'FAILED' }, KEYS.shop] as const),
    ],
    ['of a test without a result', 'predicate', undefined, TEST, {}, KEYS.shop],
    ['of a type that is no URI', 'predicate', undefined, 'tests', {}, KEYS.shop],
  ] as const)(
    '%s is refused at its %s, and written down as refused',
    async (...[, step, other, type, predicate, key]) => {
      const digest = await baked();
      const statement = envelopeOf(statementOf(other ?? digest, type, predicate), key.privateKey);
      const answer = await attest(shop, digest, { statement });
      refusedAt(step, answer);
      const event = await server.admin.get<{ type: string }>(`/v1/events/${answer.body.eventId}`);
      expect(event.body.type).toBe('ChangeRefused.v1');
      expect((await server.admin.get(`/v1/artifacts/${digest}`)).body).toMatchObject({ attestations: [] });
    },
  );

  it.each([
    ['a text', 'statement', 400],
    ['a list', [], 400],
    ['an empty object', {}, 422],
    ['an envelope without signatures', { payloadType: 'x', payload: 'e30=', signatures: [] }, 422],
    ['a bundle of nothing', { mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }, 422],
  ])('that is %s is answered with a problem', async (_what, statement, status) => {
    expect((await attest(shop, await baked(), { statement })).status).toBe(status);
  });

  it('is not looked at where nobody baked the artifact, or the pipeline may not speak of it', async () => {
    const unknown = await attest(shop, `sha256:${'e'.repeat(64)}`, { statement: {} });
    expect(unknown.body.reason).toBe('artifact-unknown');
    const registration = { id: 'other', name: 'Other', mayBake: ['other-*'], mayPromoteTo: ['other'] };
    expect((await server.admin.post('/v1/pipelines', registration)).status).toBe(201);
    const other = await server.as('pipeline', 'other');
    expect((await attest(other, await baked(), { statement: {} })).body.reason).toBe('pipeline-not-permitted');
  });

  it('that is too large to be kept is answered so, with what to do', async () => {
    const digest = await baked();
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: ['x'.repeat(50_000)] };
    const statement = envelopeOf(statementOf(digest, 'https://cyclonedx.org/bom', bom), KEYS.shop.privateKey);
    const { status, body } = await attest(shop, digest, { type: 'sbom', statement });
    expect(status).toBe(413);
    expect(body.detail).toContain('reference');
    const references = [{ downloadLocation: 'https://example.org/bom.json', digest: { sha256: 'ab' } }];
    const reference = statementOf(digest, 'https://in-toto.io/attestation/reference/v0.1', { references });
    const small = envelopeOf(reference, KEYS.shop.privateKey);
    expect((await attest(shop, digest, { type: 'sbom', statement: small })).status).toBe(201);
  });

  it('counts no more once its key is revoked, and what it had shown stays shown', async () => {
    const pair = generateKeyPairSync('ed25519');
    const keyId = await addKey('shop', pair);
    await environmentAsking('after-revocation', { type: 'vulnerability-scan', proof: 'signed' });
    const [before, after] = [await baked(), await baked()];
    const signedOf = (digest: string) => envelopeOf(statementOf(digest, VULNS, SCAN), pair.privateKey);
    expect((await attest(shop, before, { statement: signedOf(before) })).status).toBe(201);
    const reason = 'The runner was broken into.';
    expect((await server.admin.post(`/v1/pipelines/shop/keys/${keyId}/revocation`, { reason })).status).toBe(201);
    refusedAt('signature', await attest(shop, after, { statement: signedOf(after) }));
    expect((await promote('after-revocation', before)).status).toBe(201);
    expect((await promote('after-revocation', after)).body.reason).toBe('evidence-missing');
  });

  it('is not brought back after a failure, nor told as something else, by whoever has the token only', async () => {
    const digest = await baked();
    const passed = envelopeOf(statementOf(digest, TEST, { result: 'PASSED' }), KEYS.scanner.privateKey);
    const failed = envelopeOf(statementOf(digest, TEST, { result: 'FAILED' }), KEYS.scanner.privateKey);
    expect((await attest(scanner, digest, { statement: passed })).status).toBe(201);
    expect((await attest(scanner, digest, { statement: passed })).status).toBe(201);
    refusedAt('freshness', await attest(scanner, digest, { type: 'unit-tests', statement: passed }));
    expect((await attest(scanner, digest, { result: 'failed', statement: failed })).status).toBe(201);
    refusedAt('freshness', await attest(scanner, digest, { statement: passed }));
    // In another envelope it is still what was signed.
    refusedAt('freshness', await attest(scanner, digest, { statement: { ...passed, note: 'new' } }));
    const anew = statementOf(digest, TEST, { result: 'PASSED', url: 'https://example.org/runs/2' });
    expect((await attest(scanner, digest, { statement: envelopeOf(anew, KEYS.scanner.privateKey) })).status).toBe(201);
  });

  it('comes in imports as it comes by itself', async () => {
    const digest = await baked();
    const line = { command: 'attest', pipeline: 'scanner', digest, type: 'vulnerability-scan', result: 'passed' };
    const statement = envelopeOf(statementOf(digest, VULNS, SCAN), KEYS.scanner.privateKey);
    const wrong = envelopeOf(statementOf(digest, VULNS, SCAN), KEYS.shop.privateKey);
    const answers = await server.admin.import([
      { ...line, idempotencyKey: 'good', statement },
      { ...line, idempotencyKey: 'wrong', statement: wrong },
    ]);
    expect(answers).toMatchObject([{ status: 'accepted' }, { status: 'refused', reason: 'provenance-invalid' }]);
    const { body } = await server.admin.get<{ attestations: object[] }>(`/v1/artifacts/${digest}`);
    expect(body.attestations).toMatchObject([{ pipeline: 'scanner', proof: 'signed', signerKey: keyOf.scanner }]);
  });
});

describe('an environment that asks who says so', () => {
  let runs = 0;
  const scanOf = (digest: string, by: 'shop' | 'scanner') =>
    envelopeOf(statementOf(digest, VULNS, { ...SCAN, metadata: { run: ++runs } }), KEYS[by].privateKey);

  beforeAll(async () => {
    const asked = { type: 'vulnerability-scan', proof: 'signed', by: ['scanner'] };
    await environmentAsking('by-scanner', asked);
    await environmentAsking('keyless-only', { type: 'vulnerability-scan', proof: 'keyless' });
    await environmentAsking('by-kind', { type: 'vulnerability-scan', predicateType: `${VULNS.slice(0, -3)}*` });
  });

  it('shows what it asks for', async () => {
    const { body } = await server.admin.get<{ policy: object }>('/v1/environments/by-scanner');
    expect(body.policy).toMatchObject({
      evidence: [{ type: 'vulnerability-scan', proof: 'signed', by: ['scanner'] }],
    });
  });

  it('takes what is signed by whom it asks, and nothing else in its place', async () => {
    const digest = await baked();
    const lacks = async () => {
      const { status, body } = await promote('by-scanner', digest);
      expect(status).toBe(422);
      expect(body).toMatchObject({
        reason: 'evidence-missing',
        detail: `${digest} lacks vulnerability-scan signed by scanner.`,
        missing: ['vulnerability-scan signed by scanner'],
        hint: expect.stringContaining('`statement`'),
      });
    };
    await lacks();
    expect((await attest(scanner, digest, {})).status).toBe(201);
    await lacks();
    expect((await attest(shop, digest, { statement: scanOf(digest, 'shop') })).status).toBe(201);
    await lacks();
    expect((await attest(scanner, digest, { statement: scanOf(digest, 'scanner') })).status).toBe(201);
    expect((await promote('by-scanner', digest)).status).toBe(201);
    expect((await promote('keyless-only', digest)).body).toMatchObject({
      missing: ['vulnerability-scan signed keyless'],
    });
  });

  it('is held back by a failure that is newer, until whom it asks says otherwise', async () => {
    const digest = await baked();
    expect((await attest(scanner, digest, { statement: scanOf(digest, 'scanner') })).status).toBe(201);
    expect((await attest(shop, digest, { result: 'failed' })).status).toBe(201);
    expect((await promote('by-scanner', digest)).body.reason).toBe('evidence-failed');
    expect((await attest(shop, digest, { statement: scanOf(digest, 'shop') })).status).toBe(201);
    expect((await promote('by-scanner', digest)).body.reason).toBe('evidence-failed');
    expect((await attest(scanner, digest, { statement: scanOf(digest, 'scanner') })).status).toBe(201);
    expect((await promote('by-scanner', digest)).status).toBe(201);
  });

  it('is not deceived by what was signed for something else, where it asks what has to be said', async () => {
    const digest = await baked();
    const sbom = statementOf(digest, 'https://cyclonedx.org/bom', { bomFormat: 'CycloneDX', specVersion: '1.6' });
    const told = envelopeOf(sbom, KEYS.shop.privateKey);
    expect((await attest(shop, digest, { statement: told })).status).toBe(201);
    expect((await promote('by-kind', digest)).body).toMatchObject({
      ...{ reason: 'evidence-missing', missing: [`vulnerability-scan (${VULNS.slice(0, -3)}*)`] },
    });
    expect((await attest(shop, digest, { statement: scanOf(digest, 'shop') })).status).toBe(201);
    expect((await promote('by-kind', digest)).status).toBe(201);
  });

  it('is not the provenance of the bake, which anybody can read and send without a key', async () => {
    const digest = await baked();
    const provenance = statementOf(digest, 'https://slsa.dev/provenance/v1', { buildDefinition: {} });
    const statement = envelopeOf(provenance, KEYS.shop.privateKey);
    refusedAt('predicate', await attest(shop, digest, { statement }));
  });

  it('keyless, is taken with the name in its certificate, and is enough where that is asked', async () => {
    const identity = { san: 'https://git.example/scan.yml@refs/heads/main', issuer: 'https://ci.example' };
    const certified = await pipelineOf('certified', [identity]);
    const digest = await baked();
    const statement = await sigstore.sign(statementOf(digest, VULNS, SCAN), identity);
    const { status, body } = await attest(certified, digest, { statement });
    expect(status).toBe(201);
    const event = await server.admin.get<{ data: object }>(`/v1/events/${body.eventId}`);
    expect(event.body.data).toMatchObject({
      ...{ proof: 'keyless', signed: { identity, predicateType: VULNS, statement } },
    });
    const artifact = await server.admin.get<{ attestations: object[] }>(`/v1/artifacts/${digest}`);
    expect(artifact.body.attestations).toMatchObject([
      { proof: 'keyless', signerName: identity.san, signerIssuer: identity.issuer },
    ]);
    expect((await promote('keyless-only', digest)).status).toBe(201);
    // Nobody is registered with this identity but the pipeline that it is of.
    refusedAt('identity', await attest(shop, digest, { statement }));
  });

  it('may be of a pipeline that can do nothing else', async () => {
    expect((await server.admin.get('/v1/pipelines/scanner')).body).toMatchObject(SCANNER);
    const digest = `sha256:${'b'.repeat(64)}`;
    const { status, body } = await scanner.post<Body>('/v1/artifacts', {
      ...{ digest, component: 'shop-api', version: '1.0.0', kind: 'package', layer: 'application' },
      ...{ source: { repository: 'https://example.org/x', commit: 'c0ffee1' }, run: { id: '17' } },
    });
    expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'pipeline-not-permitted' });
  });

  it('is listed among the exceptions when it asks less', async () => {
    const policy = { evidence: [{ type: 'vulnerability-scan', proof: 'signed', by: ['scanner', 'shop'] }] };
    const { headers } = await server.admin.get('/v1/environments/by-scanner/policy');
    const body = { policy, reason: 'more scanners' };
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const changed = await server.admin.put('/v1/environments/by-scanner/policy', body, { headers: ifMatch });
    expect(changed.status).toBe(200);
    const listed = await server.admin.get<{ items: { details: string[] }[] }>('/v1/exceptions?kind=policy-loosened');
    expect(listed.body.items[0]?.details).toEqual([
      'evidence vulnerability-scan signed by scanner is not asked any more',
    ]);
  });

  it.each([
    ['a proof that is none', { proof: 'sworn' }],
    ['nobody', { by: [] }],
    ['the same pipeline twice', { by: ['a', 'a'] }],
    ['too many', { by: Array.from({ length: 21 }, (_, n) => `p${n}`) }],
    ['a type that is no URI', { predicateType: 'vulns' }],
  ])('cannot ask for %s', async (_what, asked) => {
    const environment = { name: 'wrong', tier: 'test', policy: { evidence: [{ type: 'scan', ...asked }] } };
    expect((await server.admin.post('/v1/environments', environment)).status).toBe(400);
  });
});

(CASES.length > 0 ? describe : describe.skip)('evidence that somebody else signed', () => {
  const isStatement = ({ predicateType }: ProvenanceCase) => predicateType?.startsWith('https://slsa.dev/provenance');
  const find = (matches: (one: ProvenanceCase) => boolean | undefined): ProvenanceCase => {
    const found = CASES.find(matches);
    if (!found) throw new Error('the collection has one');
    return found;
  };

  it.each([
    ['of another artifact', 'subject', (one: ProvenanceCase) => one.id.startsWith('crossed/')],
    [
      'over the artifact itself',
      'predicate',
      (one: ProvenanceCase) => one.expect === 'valid' && !one.predicateType && !one.key,
    ],
    ['of how it was built', 'predicate', (one: ProvenanceCase) => one.expect === 'valid' && isStatement(one)],
    ['that was altered', '(?:transparency-log|signature)', (one: ProvenanceCase) => one.id.endsWith('invalidsigprov')],
    ['of an image that has no SHA-256', 'subject', (one: ProvenanceCase) => one.id.startsWith('vsa/')],
  ])('%s is refused at its %s', async (what, step, matches) => {
    const one = find(matches);
    const id = what.replaceAll(' ', '-');
    const pipeline = await pipelineOf(id, [one.identity]);
    if (one.key !== undefined) await server.admin.post(`/v1/pipelines/${id}/keys`, { publicKey: one.key });
    refusedAt(step, await attest(pipeline, await baked(one.digest), { statement: JSON.parse(one.text) as object }));
  });
});
