import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { artifactAggregate } from '../../../src/commands/aggregates/artifact.js';
import type { ProofToCheck } from '../../../src/commands/proof-checker.js';
import { bake, ENVELOPE, Harness } from './harness.js';

const KEY = { keyId: 'a'.repeat(32), publicKey: 'a public key' };

describe('a proof that is being checked', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.open();
    const registration = { id: 'shop', name: 'Shop', mayBake: ['*'], mayPromoteTo: ['*'], keys: [KEY] };
    await harness.pipeline({ kind: 'register-pipeline', id: 'shop', registration, remarks: {} });
  });
  afterEach(() => harness.close());

  /** A bake whose proof is good where the pipeline has a key, with what happens while it is checked. */
  const bakeWhile = (happens: () => Promise<unknown>) => {
    const seen: ProofToCheck[] = [];
    const aggregate = artifactAggregate({
      check: async (proof) => {
        seen.push(proof);
        await happens();
        const [key] = proof.keys;
        if (!key) return { status: 'invalid', step: 'signature', expected: 'a key', seen: 'none' };
        return { status: 'proven', level: 'signed', signed: { keyId: key.keyId, statement: {} } };
      },
    });
    const command = { ...bake(1), provenance: {} };
    return { seen, result: harness.processor.execute(aggregate, command, ENVELOPE) };
  };

  it('lets nobody in who was suspended meanwhile', async () => {
    const suspend = () => harness.pipeline({ kind: 'suspend-pipeline', id: 'shop', remarks: { reason: 'stolen' } });
    expect(await bakeWhile(suspend).result).toMatchObject({
      ...{ status: 'refused', refusal: { reason: 'pipeline-suspended' } },
    });
  });

  it('is checked again by the keys that are left when one was revoked meanwhile', async () => {
    const revoke = () =>
      harness.pipeline({ kind: 'revoke-pipeline-key', id: 'shop', keyId: KEY.keyId, remarks: { reason: 'stolen' } });
    const { seen, result } = bakeWhile(revoke);
    expect(await result).toMatchObject({ status: 'refused', refusal: { reason: 'provenance-invalid' } });
    expect(seen.map(({ keys }) => keys.length)).toEqual([1, 0]);
  });

  it('is not checked for ever while the registration keeps changing', async () => {
    let keys = 0;
    const add = () => {
      const key = { ...KEY, keyId: `${++keys}`.padStart(32, '0') };
      return harness.pipeline({ kind: 'add-pipeline-key', id: 'shop', key, remarks: {} });
    };
    const { seen, result } = bakeWhile(add);
    await expect(result).rejects.toMatchObject({ code: 'contention' });
    expect(seen).toHaveLength(3);
  });
});
