import { describe, expect, it } from '@jest/globals';
import { ProvenanceError, type ProvenanceStep } from '../../../src/provenance/failure.js';
import { readTrustedRoot } from '../../../src/provenance/trusted-roots.js';
import { verifyProof, type VerifiedProof } from '../../../src/provenance/verify.js';
import { provenanceCases, type ProvenanceCase } from '../../support/provenance-cases.js';

const CASES = provenanceCases();

/** Which step has to fail, by the end of the case's name; the first that fits. */
const FAILURES: readonly [name: RegExp, step: ProvenanceStep][] = [
  [/^crossed\//, 'subject'],
  // Its subject is an image that has no SHA-256.
  [/^vsa\//, 'subject'],
  [/^dsse\//, 'signature'],
  [/wrong-signer/, 'identity'],
  [/message-digest-mismatch|wrong-material/, 'subject'],
  [/empty-certificate-chain|malformed-json|with-root-cert|invalid-inclusion-proof|no-inclusion-proof/, 'format'],
  [/missing-verification-material/, 'format'],
  [/wrong-instance|in-future|invalid-ct-key|incorrect-time/, 'certificate'],
  [/no-timestamp|outside-|untrusted-tsa|github_provenance_demo/, 'timestamp'],
  [/./, 'transparency-log'],
];

function verify(one: ProvenanceCase, identity = one.identity): VerifiedProof {
  const roots = one.trustedRoot === undefined ? [] : [readTrustedRoot(one.trustedRoot)];
  const keys = one.key === undefined ? [] : [{ id: 'key-1', pem: one.key }];
  const { digest, source } = one;
  return verifyProof(parse(one.text), { digest, ...(source && { source }) }, { identities: [identity], keys }, roots);
}

/** What is no JSON cannot come over HTTP as a proof. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function failureOf(run: () => unknown): ProvenanceError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProvenanceError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const isGood = ({ expect: expected, predicateType }: ProvenanceCase): boolean =>
  expected === 'valid' && !predicateType?.includes('verification_summary');

(CASES.length > 0 ? describe : describe.skip)('a proof that somebody else made', () => {
  it.each(CASES.filter(isGood).map((one) => [one.id, one] as const))('%s is taken', (_id, one) => {
    const proof = verify(one);
    if (one.key === undefined) expect(proof).toMatchObject({ level: 'keyless', identity: one.identity });
    else expect(proof).toMatchObject({ level: 'signed', keyId: 'key-1' });
    expect(proof.provenance?.predicateType).toBe(one.predicateType);
  });

  it.each(CASES.filter((one) => !isGood(one)).map((one) => [one.id, one] as const))('%s is refused', (id, one) => {
    const claimed = { san: 'https://github.com/bazel-contrib/publish-to-bcr/*', issuer: one.identity.issuer };
    const identity = one.expect === 'valid-signature-wrong-identity' ? claimed : one.identity;
    const failure = failureOf(() => verify(one, identity));
    expect(failure.step).toBe(FAILURES.find(([name]) => name.test(id))?.[1]);
    expect(failure.expected).not.toBe('');
    expect(failure.seen).not.toBe('');
  });

  const keyless = CASES.filter((one) => isGood(one) && one.key === undefined);
  it.each([
    ['of another workflow', { san: 'https://github.com/somebody/else/*' }, 'identity'],
    ['of another issuer', { issuer: 'https://accounts.example.org' }, 'identity'],
  ] as const)('is not %s', (_what, other, step) => {
    for (const one of keyless) expect(failureOf(() => verify(one, { ...one.identity, ...other })).step).toBe(step);
  });

  it('is not of another commit or repository', () => {
    const sourced = keyless.filter(({ source }) => source !== undefined);
    expect(sourced.length).toBeGreaterThan(20);
    for (const one of sourced) {
      const source = one.source ?? { repository: '', commit: '' };
      for (const other of [{ commit: 'c0ffee1' }, { repository: 'https://github.com/somebody/else' }]) {
        expect(failureOf(() => verify({ ...one, source: { ...source, ...other } })).step).toBe('source');
      }
      const short = {
        repository: source.repository.replace(/^git\+|@refs.*$/g, ''),
        commit: source.commit.slice(0, 7),
      };
      expect(verify({ ...one, source: short }).level).toBe('keyless');
    }
  });

  it('is taken under whichever of several trusted roots vouches for it', () => {
    const roots = [...new Set(CASES.flatMap(({ trustedRoot }) => trustedRoot ?? []))].map(readTrustedRoot);
    expect(roots.length).toBeGreaterThan(3);
    for (const one of keyless) {
      const own = readTrustedRoot(one.trustedRoot ?? '').digest;
      const proof = verifyProof(parse(one.text), one, { identities: [one.identity], keys: [] }, roots);
      expect(proof.level).toBe('keyless');
      expect(roots.map(({ digest }) => digest)).toContain(own);
    }
  });
});
