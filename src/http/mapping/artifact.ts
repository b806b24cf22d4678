import type { ArtifactCommand } from '../../domain/artifact/commands.js';
import type { Evidence } from '../../domain/artifact/events.js';
import type { AttestDto, BakeDto, RevokeDto } from '../dto/artifact.js';
import type { EvidenceDto } from '../dto/common.js';
import { normaliseTime } from '../input/time.js';
import { defined } from './defined.js';

export function toBake(dto: BakeDto): ArtifactCommand {
  const { digest, component, version, kind, layer, source, configuration, base, run, provenance, reason } = dto;
  const { repository, commit, ref, author, committedAt } = source;
  const bake = defined({
    digest,
    component,
    version,
    kind,
    layer,
    source: defined({ repository, commit, ref, author, committedAt: committedAt && normaliseTime(committedAt) }),
    configuration,
    base,
    run: defined({ id: run.id, url: run.url, triggeredBy: run.triggeredBy }),
  });
  return { kind: 'bake', digest, bake, ...defined({ provenance }), remarks: defined({ reason }) };
}

export function toAttestation(digest: string, dto: AttestDto): ArtifactCommand {
  const { type, result, environment, evidence, statement, reason } = dto;
  const attestation = defined({ type, result, environment, evidence: toEvidence(evidence) });
  return { kind: 'attest', digest, attestation, ...defined({ statement }), remarks: defined({ reason }) };
}

export const toRevocation = (digest: string, { reason, severity }: RevokeDto): ArtifactCommand => ({
  kind: 'revoke',
  digest,
  severity,
  remarks: { reason },
});

export const toEvidence = (evidence: EvidenceDto | undefined): Evidence | undefined =>
  evidence && defined({ uri: evidence.uri, digest: evidence.digest });
