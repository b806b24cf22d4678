import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ProvenanceError } from '../../../src/provenance/failure.js';
import { readTrustedRoot } from '../../../src/provenance/trusted-roots.js';
import { verifyProof } from '../../../src/provenance/verify.js';
import { provenanceCases, type ProvenanceCase } from '../../support/provenance-cases.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const NOBODY = { identities: [], keys: [] };

/** What comes of a proof: nothing but a failure that says where. */
function failsTyped(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof ProvenanceError) return error.expected !== '' && error.seen !== '';
    throw error;
  }
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Every place in a JSON value, as the way to it. */
function placesIn(value: Json, way: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...way]];
  return [[...way], ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...way, name]))];
}

/** The value with something else in one place, or nothing. */
function spoilt(value: Json, [name, ...rest]: readonly string[], other: Json | undefined): Json | undefined {
  if (name === undefined) return other;
  const copy = structuredClone(value) as Record<string, Json>;
  const member = spoilt(copy[name] as Json, rest, other);
  if (member === undefined) delete copy[name];
  else copy[name] = member;
  return copy;
}

describe('whatever is sent as a proof', () => {
  it('is refused at one of the steps: 3,000 values of any kind', () => {
    const names = ['mediaType', 'verificationMaterial', 'dsseEnvelope', 'messageSignature', 'payload', 'payloadType'];
    const likely = fc.dictionary(fc.constantFrom(...names, 'signatures', 'content', 'tlogEntries'), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), likely), (proof) =>
        expect(failsTyped(() => verifyProof(proof, { digest: DIGEST }, NOBODY, []))).toBe(true),
      ),
      { numRuns: 3_000 },
    );
  });

  const good = provenanceCases().filter(({ expect: expected, key }) => expected === 'valid' && key === undefined);
  (good.length > 0 ? it : it.skip)('is refused, or is what it was: 1,500 good ones with one place spoilt', () => {
    const roots = new Map<string, ReturnType<typeof readTrustedRoot>>();
    const rootOf = ({ trustedRoot = '' }: ProvenanceCase) => {
      const root = roots.get(trustedRoot) ?? readTrustedRoot(trustedRoot);
      roots.set(trustedRoot, root);
      return root;
    };
    const sound = good.filter(({ trustedRoot }) => trustedRoot !== undefined);
    let taken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...sound),
        fc.nat(),
        fc.option(fc.jsonValue(), { nil: undefined }),
        (one, seed, other) => {
          const proof = JSON.parse(one.text) as Json;
          const places = placesIn(proof);
          const way = places[seed % places.length] ?? [];
          const changed = spoilt(proof, way, other as Json | undefined);
          try {
            const found = verifyProof(changed, one, { identities: [one.identity], keys: [] }, [rootOf(one)]);
            expect(found).toMatchObject({ level: 'keyless', identity: one.identity });
            taken += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(ProvenanceError);
          }
        },
      ),
      { numRuns: 1_500 },
    );
    // Most places matter: a part that may be left out, or says again what the certificate says, does not.
    expect(taken).toBeLessThan(750);
  });
});
