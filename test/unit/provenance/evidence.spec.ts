import { describe, expect, it } from '@jest/globals';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { ProvenanceError } from '../../../src/provenance/failure.js';
import { readTrustedRoot } from '../../../src/provenance/trusted-roots.js';
import { verifyEvidence, type VerifiedEvidence } from '../../../src/provenance/verify.js';
import { provenanceCases } from '../../support/provenance-cases.js';
import { envelopeOf } from '../../support/envelope.js';
import { EVIDENCE_KINDS, pemOf, statementOf } from '../../support/statements.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const CASES = provenanceCases();
const KEYS = {
  Ed25519: generateKeyPairSync('ed25519'),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
};

function verify(
  statement: unknown,
  { result = 'passed', by = 'Ed25519' }: { result?: 'passed' | 'failed'; by?: keyof typeof KEYS } = {},
): VerifiedEvidence {
  const { privateKey, publicKey } = KEYS[by];
  const signer = { identities: [], keys: [{ id: by, pem: pemOf(publicKey) }] };
  return verifyEvidence(envelopeOf(statement, privateKey), { digest: DIGEST, result }, signer, []);
}

/** `result: expected …, and saw …` of what is refused. */
function failureOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvenanceError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

describe('evidence that is signed', () => {
  const kinds = EVIDENCE_KINDS.map(
    (kind) => [`${kind.predicateType} ${JSON.stringify(kind.predicate)}`, kind] as const,
  );

  it.each(kinds)('is taken as %s, with the results that it says', (_title, { predicateType, predicate, results }) => {
    const statement = statementOf(DIGEST, predicateType, predicate);
    for (const by of Object.keys(KEYS) as (keyof typeof KEYS)[]) {
      const [result] = results;
      expect(verify(statement, { by, ...(result && { result }) })).toMatchObject({
        level: 'signed',
        keyId: by,
        predicateType,
      });
    }
    for (const result of ['passed', 'failed'] as const) {
      if (results.includes(result)) expect(verify(statement, { result }).predicateType).toBe(predicateType);
      else expect(failureOf(() => verify(statement, { result }))).toMatch(/^result: expected a statement that says /);
    }
  });

  describe('when it is not what its type says', () => {
    const TEST = 'https://in-toto.io/attestation/test-result/v0.1';
    const VSA = 'https://slsa.dev/verification_summary/v1';
    const VULNS = 'https://in-toto.io/attestation/vulns/v0.2';
    const COSIGN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
    it.each([
      ['a test result without a result', TEST, {}, 'a result of PASSED, WARNED or FAILED, and saw none'],
      ['a test result of another kind', TEST, { result: 'passed' }, 'and saw "passed"'],
      ['a summary without a result', VSA, {}, 'a verificationResult of PASSED or FAILED'],
      ['a summary in small letters', VSA, { verificationResult: 'passed' }, 'and saw "passed"'],
      ['a scan without a scanner', VULNS, { metadata: {} }, 'a scanner with the list of its result, and saw none'],
      ['a scan whose result is no list', VULNS, { scanner: { result: {} } }, 'a scanner with the list of its result'],
      [
        'a scan of a scanner’s own without a result',
        COSIGN,
        { scanner: { result: null } },
        'a scanner with its result',
      ],
      [
        'a CycloneDX of another format',
        'https://cyclonedx.org/bom',
        { bomFormat: 'SPDX', specVersion: '1' },
        'CycloneDX',
      ],
      ['a CycloneDX without a version', 'https://cyclonedx.org/bom', { bomFormat: 'CycloneDX' }, 'its specVersion'],
      ['an SPDX without a version', 'https://spdx.dev/Document', { packages: [] }, 'an spdxVersion'],
      ['an SPDX of another version', 'https://spdx.dev/Document/v2.3', { spdxVersion: '2.3' }, 'and saw "2.3"'],
      [
        'an SPDX in another context',
        'https://spdx.dev/Document',
        { '@context': 'https://e.org' },
        'the @context of SPDX 3',
      ],
      ['a predicate that is no object', TEST, 'PASSED', 'and saw none'],
      ['a type that is no URI', 'test-result', {}, 'a predicateType that is an absolute URI, and saw test-result'],
      ['a type without end', `https://e.org/${'x'.repeat(400)}`, {}, 'a predicateType that is an absolute URI'],
      ['a type of nothing', '', {}, 'and saw none'],
    ])('%s is refused at its predicate', (_what, predicateType, predicate, words) => {
      const failure = failureOf(() => verify(statementOf(DIGEST, predicateType, predicate)));
      expect(failure).toMatch(/^predicate: expected /);
      expect(failure).toContain(words);
    });
  });

  it('is known by what was signed, whoever signed it', () => {
    const statement = statementOf(DIGEST, 'https://e.org/x', {});
    const { statementDigest } = verify(statement);
    expect(statementDigest).toBe(createHash('sha256').update(JSON.stringify(statement)).digest('hex'));
    expect(verify(statement, { by: 'P-256' }).statementDigest).toBe(statementDigest);
    expect(verify(statementOf(DIGEST, 'https://e.org/y', {})).statementDigest).not.toBe(statementDigest);
  });

  it('of another artifact, or by another key, is refused before it is read', () => {
    const { predicateType, predicate } = { predicateType: 'https://e.org/x', predicate: {} };
    const other = statementOf(`sha256:${'b'.repeat(64)}`, predicateType, predicate);
    expect(failureOf(() => verify(other))).toMatch(/^subject: /);
    const envelope = envelopeOf(statementOf(DIGEST, predicateType, predicate), KEYS.Ed25519.privateKey);
    const signer = { identities: [], keys: [{ id: 'other', pem: pemOf(KEYS['P-256'].publicKey) }] };
    expect(failureOf(() => verifyEvidence(envelope, { digest: DIGEST, result: 'passed' }, signer, []))).toMatch(
      /^signature: /,
    );
  });
});

(CASES.length > 0 ? describe : describe.skip)('evidence that somebody else signed', () => {
  const verifyCase = ({ text, digest, identity, key, trustedRoot }: (typeof CASES)[number]) => {
    const signer = { identities: [identity], keys: key === undefined ? [] : [{ id: 'key-1', pem: key }] };
    const roots = trustedRoot === undefined ? [] : [readTrustedRoot(trustedRoot)];
    return verifyEvidence(JSON.parse(text), { digest, result: 'passed' }, signer, roots);
  };
  const good = CASES.filter((one) => one.expect === 'valid' && !one.id.startsWith('vsa/'));

  it('is no evidence where it is the provenance of a build, or a signature over the artifact itself', () => {
    const isProvenance = ({ predicateType = '' }) => predicateType.startsWith('https://slsa.dev/provenance/');
    const provenance = good.filter(isProvenance);
    for (const one of provenance) {
      expect(failureOf(() => verifyCase(one))).toMatch(
        /^predicate: expected evidence, and saw the provenance of a build/,
      );
    }
    const bare = good.filter(({ predicateType }) => predicateType === undefined);
    for (const one of bare) {
      expect(failureOf(() => verifyCase(one))).toBe(
        'predicate: expected a statement about the artifact, and saw a signature over the artifact itself',
      );
    }
    const others = good.filter((one) => !isProvenance(one) && !bare.includes(one));
    for (const one of others) expect(verifyCase(one)).toMatchObject({ level: 'keyless', identity: one.identity });
    expect(Math.min(provenance.length, bare.length)).toBeGreaterThan(5);
  });

  it('is refused where it speaks of what has no digest that is known: the summary of a machine image', () => {
    const [summary] = CASES.filter(({ id }) => id.startsWith('vsa/'));
    if (!summary) throw new Error('it is one of the collection');
    expect(failureOf(() => verifyCase(summary))).toMatch(/^subject: .* without a sha256$/);
  });
});
