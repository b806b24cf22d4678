import { sign } from 'node:crypto';

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const HASH_OF_CURVE = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };

/** DSSE v1, "Protocol": written apart from the product's own, which is tried by it. */
export function envelopeOf(statement, key) {
  const payload = Buffer.from(JSON.stringify(statement));
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  const hash = HASH_OF_CURVE[key.asymmetricKeyDetails?.namedCurve] ?? null;
  const sig = sign(hash, Buffer.concat([Buffer.from(head), payload]), key).toString('base64');
  return { payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [{ sig }] };
}
