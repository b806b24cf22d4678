import type { AttestationResult } from '../domain/artifact/events.js';
import { ProvenanceError } from './failure.js';
import { isObject, type Statement } from './statement.js';

type Predicate = Statement['predicate'];

/** What evidence says, as far as an attestation says the same. */
export interface EvidenceSays {
  readonly predicateType: string;
  /** What may be posted of it; undefined where the predicate says nothing of a result. */
  readonly results?: readonly AttestationResult[];
}

/** The predicates that are known, each with what it says of a result. */
const KINDS: readonly (readonly [type: RegExp, read: (predicate: Predicate) => EvidenceSays['results']])[] = [
  [/^https:\/\/in-toto\.io\/attestation\/test-result\/v0\.1$/, testResult],
  [/^https:\/\/slsa\.dev\/verification_summary\/(?:v0\.2|v1)$/, verificationSummary],
  [/^https:\/\/in-toto\.io\/attestation\/vulns\/v0\.[12]$/, inTotoScan],
  [/^https:\/\/cosign\.sigstore\.dev\/attestation\/vuln\/v1$/, cosignScan],
  [/^https:\/\/cyclonedx\.org\/bom(?:\/v?[\d.]+)?$/, cycloneDx],
  [/^https:\/\/spdx\.dev\/Document(?:\/v?[\d.]+)?$/, spdx],
];

const PROVENANCE = /^https:\/\/slsa\.dev\/provenance\//;

/** An absolute URI, no longer than is shown to people. */
const PREDICATE_TYPE = /^[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,300}$/;

/**
 * What the statement says came out. A predicate of a type that is not known is somebody's own: it is taken as it is,
 * and nothing is read out of it.
 *
 * @throws ProvenanceError `predicate` for one that is not what its type says, and for a build's provenance
 */
export function readEvidence({ predicateType, predicate }: Statement): EvidenceSays {
  if (!PREDICATE_TYPE.test(predicateType)) {
    throw unlike('a predicateType that is an absolute URI', predicateType.slice(0, 100) || 'none');
  }
  // It is signed for a bake and anybody can read it there: without the key, it could be told as whatever is asked for.
  if (PROVENANCE.test(predicateType)) throw unlike('evidence', `the provenance of a build (${predicateType})`);
  const [, read] = KINDS.find(([type]) => type.test(predicateType)) ?? [];
  const results = read?.(predicate);
  return { predicateType, ...(results && { results }) };
}

/** @throws ProvenanceError `result` where the signer says that something else came out */
export function checkResult(results: EvidenceSays['results'], posted: AttestationResult): void {
  if (!results || results.includes(posted)) return;
  throw new ProvenanceError('result', `a statement that says ${posted}`, `one that says ${results.join(' or ')}`);
}

/** in-toto test-result v0.1: `WARNED` is a pass with warnings, which a team that is stricter may call a failure. */
function testResult({ result }: Predicate): EvidenceSays['results'] {
  switch (result) {
    case 'PASSED':
      return ['passed'];
    case 'WARNED':
      return ['passed', 'failed'];
    case 'FAILED':
      return ['failed'];
    default:
      throw unlike('a result of PASSED, WARNED or FAILED', described(result));
  }
}

/** SLSA verification summary, v0.2 and v1. */
function verificationSummary({ verificationResult }: Predicate): EvidenceSays['results'] {
  if (verificationResult === 'PASSED') return ['passed'];
  if (verificationResult === 'FAILED') return ['failed'];
  throw unlike('a verificationResult of PASSED or FAILED', described(verificationResult));
}

/** What was found is for the scanner's owner to judge: which findings are a failure, no format says. */
function inTotoScan({ scanner }: Predicate): undefined {
  if (isObject(scanner) && Array.isArray(scanner['result'])) return;
  throw unlike('a scanner with the list of its result', described(scanner));
}

/** The result is in the scanner's own format. */
function cosignScan({ scanner }: Predicate): undefined {
  if (isObject(scanner) && typeof scanner['result'] === 'object' && scanner['result'] !== null) return;
  throw unlike('a scanner with its result', described(scanner));
}

function cycloneDx({ bomFormat, specVersion }: Predicate): undefined {
  if (bomFormat === 'CycloneDX' && typeof specVersion === 'string') return;
  throw unlike('a bomFormat of CycloneDX, and its specVersion', described(bomFormat));
}

/** SPDX 2 names its version; SPDX 3 is JSON-LD, whose context does. */
function spdx({ spdxVersion, '@context': context }: Predicate): undefined {
  if (typeof spdxVersion === 'string' && /^SPDX-\d/.test(spdxVersion)) return;
  if (typeof context === 'string' && context.startsWith('https://spdx.org/rdf/')) return;
  throw unlike('an spdxVersion, or the @context of SPDX 3', described(spdxVersion ?? context));
}

const described = (value: unknown): string => (JSON.stringify(value) ?? 'none').slice(0, 100);

const unlike = (expected: string, seen: string): ProvenanceError => new ProvenanceError('predicate', expected, seen);
