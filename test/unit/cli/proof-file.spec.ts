import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readProof } from '../../../src/cli/bake/proof-file.js';
import { signStatement } from '../../../src/provenance/sign.js';
import { SLSA_V1 } from '../../../src/provenance/slsa.js';

const folder = mkdtempSync(join(tmpdir(), 'cairn-proofs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { privateKey } = generateKeyPairSync('ed25519');
const artifactOf = (byte: string) => ({ algorithm: 'sha256' as const, hex: byte.repeat(32) });
const ARTIFACT = artifactOf('ab');
const proofOf = (artifact = ARTIFACT, predicateType = SLSA_V1) =>
  signStatement({ artifact, predicateType, predicate: {} }, privateKey);
const bundleOf = (dsseEnvelope: object) => ({ mediaType: 'x', verificationMaterial: {}, dsseEnvelope });

const proof = proofOf();
const sbom = proofOf(ARTIFACT, 'https://spdx.dev/Document');
const ofAnother = proofOf(artifactOf('cd'));

function read(text: string): Promise<object> {
  const file = join(folder, 'proofs.jsonl');
  writeFileSync(file, text);
  return readProof(file, ARTIFACT);
}
const lines = (...values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('a file with the proof of a bake', () => {
  it.each([
    ['an envelope', lines(proof), proof],
    ['an envelope on many lines', JSON.stringify(proof, null, 2), proof],
    ['a bundle', lines(bundleOf(proof)), bundleOf(proof)],
    ['a bundle that signs the artifact itself', '{"messageSignature":{}}', { messageSignature: {} }],
    [
      'the one of several',
      `${lines(bundleOf(sbom), bundleOf(ofAnother))}\r\n${lines(bundleOf(proof))}`,
      bundleOf(proof),
    ],
  ])('may have %s', async (_what, text, wanted) => expect(await read(text)).toEqual(wanted));

  it.each([
    ['of another artifact', lines(ofAnother), /no SLSA provenance of sha256:abab.*Nothing was sent.*saw sha256:cdcd/s],
    ['of other things', lines(sbom, ofAnother), /1\. predicate: .*spdx.*2\. subject: /s],
    ['of the artifact twice', lines(proof, bundleOf(proof)), /has 2 proofs/],
    ['without an envelope', '{}', /1\. format: /],
    ['of no JSON', 'a\nb\n', /no JSON in line 1/],
    ['of no objects', '[1]', /no proof in it/],
    ['of nothing', '\n', /no proof in it/],
  ])('is not taken with proofs %s', async (_what, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ reason: 'input', message: expect.stringMatching(message) });
  });

  it('must be there', async () => {
    const missing = join(folder, 'missing');
    await expect(readProof(missing, ARTIFACT)).rejects.toMatchObject({ reason: 'input' });
  });
});
