import { afterEach, describe, expect, it } from '@jest/globals';
import { CommandError } from '../../../src/commands/errors.js';
import type { ProofToCheck } from '../../../src/commands/proof-checker.js';
import { ProofThread } from '../../../src/provenance/proof-thread.js';

const proof = (more: Partial<ProofToCheck> = {}): ProofToCheck => ({
  statement: {},
  digest: `sha256:${'a'.repeat(64)}`,
  claim: { source: { repository: 'https://example.org/shop', commit: 'c0ffee1' } },
  ...{ identities: [], keys: [] },
  ...more,
});

describe('the thread that checks proofs', () => {
  const threads: ProofThread[] = [];
  const start = (): ProofThread => {
    const thread = new ProofThread({ trustedRoots: [] });
    threads.push(thread);
    return thread;
  };
  afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())));

  it('answers each with what is wrong with it', async () => {
    const thread = start();
    const [nothing, unsigned] = await Promise.all([
      thread.check(proof()),
      thread.check(proof({ statement: { payloadType: 'x', payload: 'e30=', signatures: [{ sig: 'AAAA' }] } })),
    ]);
    expect(nothing).toMatchObject({ status: 'invalid', step: 'format' });
    expect(unsigned).toMatchObject({ status: 'invalid', step: 'signature' });
  });

  it('outlives a proof that it dies of, which proves nothing, and checks those that wait', async () => {
    const thread = start();
    // No digest of anybody's gets this far: it is what an unforeseen error in the thread looks like.
    const [fatal, next] = await Promise.all([thread.check(proof({ digest: 'md5:1' })), thread.check(proof())]);
    expect(fatal).toMatchObject({ status: 'invalid', expected: 'a proof that can be checked' });
    expect(next).toMatchObject({ status: 'invalid', step: 'format', expected: expect.stringContaining('DSSE') });
  });

  it('takes so many and no more, and lets go of all when it is closed', async () => {
    const thread = start();
    const waiting = Array.from({ length: 500 }, () => thread.check(proof()).catch((error: unknown) => error));
    await expect(thread.check(proof())).rejects.toMatchObject({ name: 'CommandError', code: 'busy' });
    await thread.close();
    expect((await Promise.all(waiting)).filter((answer) => answer instanceof CommandError).length).toBeGreaterThan(0);
    await expect(thread.check(proof())).rejects.toMatchObject({ code: 'busy' });
  });
});
