import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProvenanceError } from '../../../src/provenance/failure.js';
import { readTrustedRoot } from '../../../src/provenance/trusted-roots.js';
import { verifyProof, type VerifiedProof } from '../../../src/provenance/verify.js';
import { startSigstoreInstance, type SigstoreInstance } from '../../support/sigstore-instance.js';

const HEX = 'a'.repeat(64);
const IDENTITY = { san: 'https://git.example/shop/release.yml@refs/heads/main', issuer: 'https://ci.example' };
const STATEMENT = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'shop-api', digest: { sha256: HEX } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: {}, runDetails: {} },
};

type Bundle = Awaited<ReturnType<SigstoreInstance['sign']>>;

describe('the certificate of a bundle', () => {
  let instance: SigstoreInstance;
  let bundle: Bundle;
  let der: Buffer;
  beforeAll(async () => {
    instance = await startSigstoreInstance();
    bundle = await instance.sign(STATEMENT, IDENTITY);
    der = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64');
  });

  const withCertificate = (bytes: Buffer, of: Bundle = bundle): Bundle => ({
    ...of,
    verificationMaterial: { ...of.verificationMaterial, certificate: { rawBytes: bytes.toString('base64') } },
  });

  /** Anybody of the issuer is let in, so that nothing but the certificate itself stands in the way. */
  const check = (proof: object, issuer = IDENTITY.issuer): VerifiedProof =>
    verifyProof(proof, { digest: `sha256:${HEX}` }, { identities: [{ san: '*', issuer }], keys: [] }, [
      readTrustedRoot(instance.trustedRoot),
    ]);

  function stepOf(proof: object, issuer?: string): string {
    try {
      check(proof, issuer);
      return 'none';
    } catch (error) {
      if (error instanceof ProvenanceError) return error.step;
      throw error;
    }
  }

  it('is read as it is', () => {
    expect(check(bundle)).toMatchObject({ level: 'keyless', identity: IDENTITY });
  });

  it('proves nothing with a byte changed, added, left out or cut off, or proves what it did: 3,000 of them', () => {
    const edit = fc.record({
      at: fc.nat(),
      what: fc.constantFrom('flip', 'set', 'insert', 'remove', 'cut'),
      byte: fc.nat({ max: 255 }),
    });
    let taken = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const spoilt = edits.reduce(edited, der);
        try {
          const found = check(withCertificate(spoilt));
          expect(found).toMatchObject({ level: 'keyless', identity: IDENTITY });
          taken += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(ProvenanceError);
        }
      }),
      { numRuns: 3_000 },
    );
    // Edits that undo each other, and the few bytes that nobody signs.
    expect(taken).toBeLessThan(150);
  }, 120_000);

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is no DER', Buffer.from('-----BEGIN CERTIFICATE-----')],
    ['nests deeper than any stack', Buffer.alloc(40_000, Buffer.from([0x30, 0x80]))],
    ['claims a length that it has not', Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01])],
    ['is zeros without end', Buffer.alloc(1_000_000)],
  ])('that %s is refused', (_what, bytes) => {
    expect(stepOf(withCertificate(bytes))).toMatch(/^(format|certificate|timestamp)$/);
  });

  it('is refused when it is given out for another signature', async () => {
    const later = await instance.sign({ ...STATEMENT, predicate: { runDetails: {} } }, IDENTITY);
    expect(stepOf(withCertificate(der, later))).toMatch(/^(signature|transparency-log)$/);
  });

  it('is refused when an authority of the same name gave it out, that nobody trusts', async () => {
    const stranger = await startSigstoreInstance();
    const foreign = await stranger.sign(STATEMENT, IDENTITY);
    const bytes = Buffer.from(foreign.verificationMaterial.certificate.rawBytes, 'base64');
    expect(stepOf(foreign)).toMatch(/^(certificate|transparency-log|timestamp)$/);
    expect(stepOf(withCertificate(bytes))).toBe('certificate');
  });

  it('is refused when its name is that of somebody, by another issuer', () => {
    expect(stepOf(bundle, 'https://other.example')).toBe('identity');
  });
});

function edited(bytes: Buffer, { at, what, byte }: { at: number; what: string; byte: number }): Buffer {
  if (bytes.length === 0) return bytes;
  const place = at % bytes.length;
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  const seen = bytes[place] ?? 0;
  switch (what) {
    case 'flip':
      return Buffer.concat([before, Buffer.of(seen ^ (1 << (byte % 8))), after.subarray(1)]);
    case 'set':
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.of(byte), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(1)]);
    default:
      return before;
  }
}
