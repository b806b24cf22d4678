import type { KeyObject } from 'node:crypto';

export const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

/** An in-toto statement about the artifact. */
export const statementOf = (digest: string, predicateType: string, predicate: unknown) => {
  const [algorithm = '', hex = ''] = digest.split(':');
  const subject = [{ name: 'shop-api', digest: { [algorithm]: hex } }];
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate };
};

/** One with SLSA provenance (v1): built from this commit. */
export const provenanceOf = (digest: string, { repository, commit }: { repository: string; commit: string }) =>
  statementOf(digest, 'https://slsa.dev/provenance/v1', {
    buildDefinition: {
      resolvedDependencies: [{ uri: `git+${repository}@refs/heads/main`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: 'https://ci.example.org' } },
  });

/** A whole predicate of each kind that is known, with what may be posted of it. */
export const EVIDENCE_KINDS: readonly {
  readonly predicateType: string;
  readonly predicate: object;
  readonly results: readonly ('passed' | 'failed')[];
}[] = [
  ...(['PASSED', 'WARNED', 'FAILED'] as const).map((result) => ({
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: { result, configuration: [{ uri: 'https://example.org/tests.yml' }] },
    results: { PASSED: ['passed'], WARNED: ['passed', 'failed'], FAILED: ['failed'] }[result] as (
      'passed' | 'failed'
    )[],
  })),
  ...['v0.2', 'v1'].flatMap((version) =>
    (['PASSED', 'FAILED'] as const).map((verificationResult) => ({
      predicateType: `https://slsa.dev/verification_summary/${version}`,
      predicate: { verifier: { id: 'https://example.org/verifier' }, verificationResult },
      results: [verificationResult === 'PASSED' ? ('passed' as const) : ('failed' as const)],
    })),
  ),
  ...[
    ['https://in-toto.io/attestation/vulns/v0.1', { scanner: { uri: 'pkg:trivy', result: [] }, metadata: {} }],
    ['https://in-toto.io/attestation/vulns/v0.2', { scanner: { uri: 'pkg:trivy', result: [{ id: 'CVE-1' }] } }],
    ['https://cosign.sigstore.dev/attestation/vuln/v1', { invocation: {}, scanner: { result: { Results: [] } } }],
    ['https://cyclonedx.org/bom', { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] }],
    ['https://cyclonedx.org/bom/v1.4', { bomFormat: 'CycloneDX', specVersion: '1.4' }],
    ['https://spdx.dev/Document', { spdxVersion: 'SPDX-2.3', packages: [] }],
    ['https://spdx.dev/Document/v2.3', { spdxVersion: 'SPDX-2.3' }],
    ['https://spdx.dev/Document/v3.0', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] }],
    ['https://example.org/penetration-test/v1', { by: 'somebody' }],
  ].map(([predicateType, predicate]) => ({
    predicateType: predicateType as string,
    predicate: predicate as object,
    results: ['passed', 'failed'] as const,
  })),
];
