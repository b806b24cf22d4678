/** A statement as a scanner signs it; the signature is by the key of the example of `POST /v1/pipelines/{id}/keys`. */
export const statementExample = (digest: string) => ({
  payloadType: 'application/vnd.in-toto+json',
  payload: Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'payments-api', digest: { sha256: digest.slice('sha256:'.length) } }],
      predicateType: 'https://in-toto.io/attestation/vulns/v0.2',
      predicate: { scanner: { uri: 'https://scanner.example', version: '4.1.0', result: [] } },
    }),
  ).toString('base64'),
  signatures: [{ sig: 'ytgFG0k+prIHWcShTCzw1evnnWLYnpGwNeaJ4cismjiIW7xepbVs71LjR23GofKBQgp2NNSVumH/gXRO3ZiPDw==' }],
});
