import { sign, type KeyObject } from 'node:crypto';

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** An in-toto statement with SLSA provenance (v1) of an artifact that is known by its SHA-256. */
export const provenanceOf = (digest: string, { repository, commit }: { repository: string; commit: string }) => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'shop-api', digest: { sha256: digest.slice('sha256:'.length) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      resolvedDependencies: [{ uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: 'https://ci.example.org' } },
  },
});

/** The statement in a DSSE envelope (v1), signed by an Ed25519 key or an ECDSA one on P-256. */
export function envelopeOf(statement: object, key: KeyObject) {
  const payload = Buffer.from(JSON.stringify(statement));
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  const hash = key.asymmetricKeyType === 'ec' ? 'sha256' : null;
  const sig = sign(hash, Buffer.concat([Buffer.from(head), payload]), key).toString('base64');
  return { payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [{ sig }] };
}

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
