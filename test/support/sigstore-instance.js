import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { envelopeOf } from './envelope.js';

const HOST = 'https://rekor.example.org';
/** Where Fulcio's certificates have the issuer of the token that they were given for. */
const ISSUER_OIDS = [
  { oid: '1.3.6.1.4.1.57264.1.1', legacy: true },
  { oid: '1.3.6.1.4.1.57264.1.8', legacy: false },
];

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const derOf = (key) => key.export({ format: 'der', type: 'spki' });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/**
 * A Sigstore instance of its own: an authority, its certificates' log and a transparency log. What it signs is as good
 * as what the public one does, to whoever trusts its root.
 */
export async function startSigstoreInstance() {
  const [authorityKeys, logKeys] = [newKeys(), newKeys()];
  const certificateLog = await initializeCTLog(authorityKeys);
  const authority = await initializeCA(authorityKeys, certificateLog);
  const log = await initializeTLog(HOST, logKeys);
  return {
    /** `trusted_root.json` of it. */
    trustedRoot: JSON.stringify(trustedRootOf(authority, certificateLog, logKeys.publicKey)),
    /** A bundle (v0.3) of a statement, signed by who has a token of `issuer` that names them `san`. */
    sign: (statement, identity) => signedBundle({ authority, log, logKey: logKeys.publicKey }, statement, identity),
  };
}

function trustedRootOf(authority, certificateLog, logKey) {
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const logOf = (der) => ({
    baseUrl: HOST,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: der.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: sha256(der).toString('base64') },
  });
  const certificate = Buffer.from(authority.rootCertificate).toString('base64');
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(derOf(logKey))],
    certificateAuthorities: [
      {
        subject: { organization: 'example', commonName: 'example' },
        uri: 'https://fulcio.example.org',
        certChain: { certificates: [{ rawBytes: certificate }] },
        validFor,
      },
    ],
    ctlogs: [logOf(Buffer.from(certificateLog.publicKey))],
    timestampAuthorities: [],
  };
}

async function signedBundle({ authority, log, logKey }, statement, { san, issuer }) {
  const keys = newKeys();
  const certificate = Buffer.from(
    await authority.issueCertificate({
      publicKey: derOf(keys.publicKey),
      subjectAltName: san,
      extensions: ISSUER_OIDS.map((extension) => ({ ...extension, value: issuer })),
    }),
  );
  const envelope = envelopeOf(statement, keys.privateKey);
  const entry = await log.log(entryOf(envelope, pemOf(certificate)));
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: {
      certificate: { rawBytes: certificate.toString('base64') },
      tlogEntries: [logEntryOf(Object.values(entry)[0], sha256(derOf(logKey)))],
      timestampVerificationData: { rfc3161Timestamps: [] },
    },
    dsseEnvelope: envelope,
  };
}

/** What is written into the transparency log (Rekor's `dsse` 0.0.1): hashes, the signature and the certificate. */
function entryOf(envelope, certificate) {
  const hashOf = (bytes) => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hashOf(Buffer.from(JSON.stringify(envelope))),
      payloadHash: hashOf(Buffer.from(envelope.payload, 'base64')),
      signatures: [{ signature: envelope.signatures[0].sig, verifier: Buffer.from(certificate).toString('base64') }],
    },
  };
}

function logEntryOf({ body, integratedTime, logIndex, verification }, logId) {
  const { inclusionProof, signedEntryTimestamp } = verification;
  return {
    logIndex: String(logIndex),
    logId: { keyId: logId.toString('base64') },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(inclusionProof.logIndex),
      rootHash: Buffer.from(inclusionProof.rootHash, 'hex').toString('base64'),
      treeSize: String(inclusionProof.treeSize),
      hashes: [],
      checkpoint: { envelope: inclusionProof.checkpoint },
    },
    canonicalizedBody: body,
  };
}

const pemOf = (der) =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
