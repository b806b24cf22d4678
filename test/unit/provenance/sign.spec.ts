import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ArtifactDigest } from '../../../src/provenance/artifact-digest.js';
import { digestText } from '../../../src/provenance/artifact-digest.js';
import { parseEnvelope, verifyEnvelope } from '../../../src/provenance/dsse.js';
import { keyIdOf } from '../../../src/provenance/keys.js';
import { signStatement } from '../../../src/provenance/sign.js';
import { SLSA_V1 } from '../../../src/provenance/slsa.js';
import { checkSubject, parseStatement } from '../../../src/provenance/statement.js';
import { verifyProof } from '../../../src/provenance/verify.js';
import { pemOf } from '../../support/statements.js';

const PAIRS: readonly (readonly [kind: string, pair: KeyPairKeyObjectResult])[] = [
  ['Ed25519', generateKeyPairSync('ed25519')],
  ['ECDSA on P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['ECDSA on P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['ECDSA on P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
];
const ARTIFACT: ArtifactDigest = { algorithm: 'sha256', hex: 'ab'.repeat(32) };
const PROVENANCE = { buildDefinition: {}, runDetails: { builder: { id: 'https://ci.example' } } };

const registered = ({ publicKey }: KeyPairKeyObjectResult) => ({
  id: keyIdOf(publicKey),
  pem: pemOf(publicKey),
});

describe.each(PAIRS)('a statement that is signed with %s', (_kind, pair) => {
  const sign = (predicate: object) =>
    signStatement({ artifact: ARTIFACT, name: 'shop', predicateType: SLSA_V1, predicate }, pair.privateKey);

  it('proves by that key, which it names, who built the artifact', () => {
    const envelope = sign(PROVENANCE);
    const key = registered(pair);
    expect(envelope.signatures.map(({ keyid }) => keyid)).toEqual([key.id]);
    const claim = { digest: digestText(ARTIFACT) };
    expect(verifyProof(envelope, claim, { identities: [], keys: [key] }, [])).toMatchObject({
      level: 'signed',
      keyId: key.id,
      provenance: { builder: 'https://ci.example' },
    });
  });

  it('holds for no other key of its kind', () => {
    const others = PAIRS.filter(([, other]) => other !== pair).map(([, other]) => registered(other));
    expect(() => verifyEnvelope(parseEnvelope(sign(PROVENANCE)), others)).toThrow('signature');
  });

  it('holds whatever it says and of whatever artifact, and not with a byte of it changed', () => {
    const digests = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ['sha256', bytes] as const),
      fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => ['sha512', bytes] as const),
    );
    const anything = fc.record({
      digest: digests,
      name: fc.string({ unit: 'grapheme' }),
      predicateType: fc.webUrl(),
      predicate: fc.dictionary(fc.string(), fc.jsonValue()),
      at: fc.nat(),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    const keys = [registered(pair)];
    fc.assert(
      fc.property(anything, ({ digest: [algorithm, bytes], name, predicateType, predicate, at, bit }) => {
        const artifact = { algorithm, hex: Buffer.from(bytes).toString('hex') };
        const signed = signStatement({ artifact, name, predicateType, predicate }, pair.privateKey);
        const envelope = parseEnvelope(JSON.parse(JSON.stringify(signed)));
        expect(verifyEnvelope(envelope, keys).id).toBe(keys[0]?.id);
        const statement = parseStatement(envelope.payloadType, envelope.payload);
        checkSubject(statement, artifact);
        expect(JSON.stringify(statement.predicate)).toBe(JSON.stringify(predicate));
        expect(statement.predicateType).toBe(predicateType);

        const payload = Buffer.from(envelope.payload);
        payload[at % payload.length]! ^= 1 << bit;
        expect(() => verifyEnvelope({ ...envelope, payload }, keys)).toThrow('signature');
        const type = Buffer.from(envelope.payloadType);
        type[at % type.length]! ^= 1 << (bit % 7);
        expect(() => verifyEnvelope({ ...envelope, payloadType: type.toString() }, keys)).toThrow('signature');
      }),
      { numRuns: 60 },
    );
  });
});

describe('a statement', () => {
  it.each([
    ['its subject', '"subject":[{"digest":{"sha256":"cd"}}],'],
    ['its subject, in other letters', '"s\\u0075bject":[{"digest":{"sha256":"cd"}}],'],
    ['its predicate', '"predicate":{"buildDefinition":{}},'],
  ])('is not taken where it says %s twice: others would read the first', (_what, twice) => {
    const subject = [{ digest: { sha256: ARTIFACT.hex } }];
    const rest = { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: SLSA_V1, predicate: PROVENANCE };
    const once = JSON.stringify(rest);
    const parsed = (text: string) => parseStatement('application/vnd.in-toto+json', Buffer.from(text));
    expect(parsed(once).predicateType).toBe(SLSA_V1);
    expect(() => parsed(`{${twice}${once.slice(1)}`)).toThrow(/^format: .*a key twice/);
  });

  it('may be nested as deep as it likes', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(() => parseStatement('application/vnd.in-toto+json', Buffer.from(`{"a":${deep}}`))).toThrow(
      /^format: .*_type/,
    );
  });

  const sign = ([, { privateKey }]: (typeof PAIRS)[number]) =>
    signStatement({ artifact: ARTIFACT, predicateType: SLSA_V1, predicate: PROVENANCE }, privateKey);

  it('is signed by Ed25519 the same way each time, so that a job that is started again sends the same', () => {
    const [ed25519, p256] = PAIRS;
    expect(ed25519 && sign(ed25519)).toEqual(ed25519 && sign(ed25519));
    expect(p256 && sign(p256)).not.toEqual(p256 && sign(p256));
  });

  it.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
  ] as const)('is not signed with a key that no server takes: %s', (kind, pair) => {
    expect(() => sign([kind, pair])).toThrow(RangeError);
  });
});
