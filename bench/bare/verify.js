import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { createPublicKey, hash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * A bare loop of the verifications that each level of proof asks for, one after the other: the bodies are parsed, the
 * cryptography is done, and nothing else. Argument: a JSON file {level, bakes, key | trustedRoot}.
 */
const { level, bakes, key, trustedRoot } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const bodies = readFileSync(bakes, 'utf8').trimEnd().split('\n');
const check = { token: ofToken, signed: ofEnvelope, keyless: ofBundle }[level]();

const startedAt = performance.now();
for (const body of bodies) check(JSON.parse(body));
console.log(JSON.stringify({ perSecond: (bodies.length * 1_000) / (performance.now() - startedAt) }));

function ofToken() {
  return () => hash('sha256', 'bench-token-0123456789abcdefghijklmnopqrstuvwxyz', 'hex');
}

function ofEnvelope() {
  const publicKey = createPublicKey(key);
  return ({ provenance: { payloadType, payload, signatures } }) => {
    const bytes = Buffer.from(payload, 'base64');
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `;
    const signed = Buffer.concat([Buffer.from(head), bytes]);
    if (!verify(null, signed, publicKey, Buffer.from(signatures[0].sig, 'base64'))) throw new Error('a bad signature');
  };
}

function ofBundle() {
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(trustedRoot)));
  const thresholds = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 };
  return ({ provenance }) => new Verifier(material, thresholds).verify(toSignedEntity(bundleFromJSON(provenance)));
}
