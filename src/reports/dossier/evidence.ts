import type { AttestationResult } from '../../domain/artifact/events.js';
import type { LatestAttestation } from '../../domain/artifact/state.js';
import { newestThatCounts } from '../../domain/environment/evidence-rules.js';
import type { RequiredEvidence } from '../../domain/environment/policy.js';
import { MOST_ATTESTATIONS, type Facts } from './facts.js';
import { none, saidBy, type None, type SaidBy } from './words.js';

/** Tests and scans, and what the policy asked of them. */
export interface EvidenceSection {
  /** The decision that the evidence was there for; while the change is open, the position of the dossier. */
  readonly knownAt: { readonly position: number; readonly by: string };
  /** The newest ones, oldest first. */
  readonly attestations: readonly AttestationFact[];
  /** Attestations that came after the decision, and ones that are too many to tell. */
  readonly later: number;
  readonly more: number;
  readonly required: readonly RequirementFact[] | None;
  readonly candidate?: CandidateFact;
}

type AttestationFact = LatestAttestation & {
  readonly recordedAt: string;
  /** Above `token`: the certificate's name and issuer, or the id of the pipeline's key. */
  readonly signedBy?: string;
  readonly evidence?: { readonly uri: string; readonly digest?: string };
  readonly saidBy?: SaidBy;
};

/** What the policy asked for; `pipelines` are those whose pass it takes. */
type RequirementFact = Omit<RequiredEvidence, 'by'> & {
  readonly pipelines?: readonly string[];
  readonly met: boolean;
  /** The result that counted; absent where there was none. */
  readonly by?: AttestationFact;
};

/** How the candidate's validation ended. */
type CandidateFact = SaidBy & {
  readonly result: AttestationResult;
  readonly evidence?: { readonly uri: string; readonly digest?: string };
};

export function evidenceOf(facts: Facts): EvidenceSection | None {
  const { artifact, decision, own } = facts;
  if (!artifact) return none('There is no evidence about an artifact that no pipeline had baked.');
  const known = artifact.attestations.filter(({ position }) => position <= decision.position);
  const told = known.map((row) => attestationFact(row, facts));
  const candidate = candidateFact(own);
  return {
    knownAt: decision,
    attestations: told.slice(-MOST_ATTESTATIONS),
    later: artifact.attestations.length - known.length,
    more: Math.max(0, told.length - MOST_ATTESTATIONS),
    required: requiredOf(facts, told),
    ...(candidate && { candidate }),
  };
}

function requiredOf({ change, policy }: Facts, told: readonly AttestationFact[]): EvidenceSection['required'] {
  if (!policy) return none('No policy was in force.');
  if (change.kind !== 'promotion') return none(`The policy asks for evidence of promotions: this is a ${change.kind}.`);
  if (change.effect === 'none') return none('It was live already, so the policy asked for no evidence.');
  return policy.policy.evidence.map((wanted) => requirement(wanted, newestThatCounts(told, wanted)));
}

function requirement(
  { by: pipelines, ...wanted }: RequiredEvidence,
  counted: AttestationFact | undefined,
): RequirementFact {
  const met = counted?.result === 'passed';
  return { ...wanted, ...(pipelines && { pipelines }), met, ...(counted && { by: counted }) };
}

type AttestationRow = NonNullable<Facts['artifact']>['attestations'][number];

function attestationFact(row: AttestationRow, { eventAt }: Facts): AttestationFact {
  const { type, result, environment, evidenceUri, evidenceDigest, occurredAt, recordedAt, position } = row;
  const { pipeline, proof, predicateType } = row;
  const event = eventAt.get(position);
  const signedBy = signerText(row);
  return {
    ...{ type, result: result as AttestationResult, occurredAt, recordedAt, pipeline, proof },
    ...(environment !== undefined && { environment }),
    ...(predicateType !== undefined && { predicateType }),
    ...(signedBy !== undefined && { signedBy }),
    ...(evidenceUri !== undefined && {
      evidence: { uri: evidenceUri, ...(evidenceDigest !== undefined && { digest: evidenceDigest }) },
    }),
    ...(event && { saidBy: saidBy(event) }),
  };
}

function signerText({ signerName, signerIssuer, signerKey }: AttestationRow): string | undefined {
  if (signerName !== undefined && signerIssuer !== undefined) return `${signerName} of ${signerIssuer}`;
  return signerKey === undefined ? undefined : `key ${signerKey}`;
}

function candidateFact(own: Facts['own']): CandidateFact | undefined {
  for (const event of own) {
    if (event.type !== 'CandidateValidated.v1' && event.type !== 'CandidateFailed.v1') continue;
    const { evidence } = event.data;
    const result = event.type === 'CandidateValidated.v1' ? 'passed' : 'failed';
    return { result, ...(evidence && { evidence }), ...saidBy(event) };
  }
  return undefined;
}
