import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob } from '../../../../src/domain/glob.js';
import { ClaimsIndex } from '../../../../src/http/access/oidc/claims-index.js';

it('the index of claims finds what looking at every pipeline finds: 2,000 histories', () => {
  const name = fc.constantFrom('repository', 'ref', 'groups');
  const text = fc.constantFrom('a', 'b', 'ab', '7');
  const glob = fc.oneof(text, fc.constantFrom('*', 'a*', '*b'));
  const issuer = fc.constantFrom('i', 'j');
  const oidc = fc.record({ issuer, claims: fc.dictionary(name, glob, { minKeys: 1 }) });
  const registered = fc.tuple(fc.constantFrom('p', 'q', 'r', 's'), fc.option(oidc, { nil: undefined }));
  const value = fc.oneof(text, fc.constantFrom<unknown>(7, true, null, {}), fc.array(text, { maxLength: 3 }));
  const token = fc.record({ issuer, claims: fc.dictionary(name, value) });
  fc.assert(
    fc.property(fc.array(registered, { maxLength: 12 }), token, (history, { issuer: of, claims }) => {
      const index = new ClaimsIndex();
      for (const [id, now] of history) index.set(id, now);
      const expected = [...new Map(history)].filter(
        ([, now]) =>
          now?.issuer === of &&
          Object.entries(now.claims).every(([claim, pattern]) =>
            [claims[claim]]
              .flat()
              .some((one) => /string|number|boolean/.test(typeof one) && matchesGlob(pattern, String(one))),
          ),
      );
      const found = index.fitting(of, claims).map(({ id }) => id);
      expect(found.sort()).toEqual(expected.map(([id]) => id).sort());
    }),
    { numRuns: 2_000 },
  );
});
