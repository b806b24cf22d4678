import {
  ARTIFACT_KINDS,
  ATTESTATION_RESULTS,
  LAYERS,
  SEVERITIES,
  type ArtifactKind,
  type AttestationResult,
  type Layer,
  type Severity,
} from '../../domain/artifact/events.js';
import { Foreign, Name, Nested, OneOf, Text, Time, Uri } from '../input/fields.js';
import { EvidenceDto, ExplainedDto, WriteDto } from './common.js';

export class SourceDto {
  @Text(500, { description: 'Repository that it was built from.' })
  repository: string;

  @Text(200, { description: 'Commit that it was built from.' })
  commit: string;

  @Text(300, { optional: true, description: 'Branch or tag.' })
  ref?: string;

  @Name('subject', { optional: true, description: 'Pseudonym of who wrote it.' })
  author?: string;

  @Time({ optional: true, description: 'When it was committed.' })
  committedAt?: string;
}

export class RunDto {
  @Text(200, { description: 'Id of the pipeline’s run.' })
  id: string;

  @Uri({ optional: true, description: 'Where the run can be looked at.' })
  url?: string;

  @Name('subject', { optional: true, description: 'Pseudonym of who started it.' })
  triggeredBy?: string;
}

export class BakeDto extends ExplainedDto {
  @Name('digest', { description: 'The artifact’s identity.' })
  digest: string;

  @Name('service', { description: 'What it is a version of.' })
  component: string;

  @Text(200, { description: 'A label for people; never identity.' })
  version: string;

  @OneOf(ARTIFACT_KINDS, { description: 'What kind of thing it is.' })
  kind: ArtifactKind;

  @OneOf(LAYERS, { description: 'The layer that it changes.' })
  layer: Layer;

  @Nested(() => SourceDto, { description: 'What it was built from.' })
  source: SourceDto;

  @Name('digest', { optional: true, description: 'Digest of the configuration that was baked in.' })
  configuration?: string;

  @Name('digest', { optional: true, description: 'Digest of the artifact that it was built on.' })
  base?: string;

  @Nested(() => RunDto, { description: 'The run that built it.' })
  run: RunDto;

  @Foreign({
    optional: true,
    description:
      'What proves that the pipeline built it: a Sigstore bundle, or an in-toto statement with SLSA provenance in a DSSE envelope.',
  })
  provenance?: object;
}

export class AttestDto extends ExplainedDto {
  @Name('attestationType', { description: 'What was looked at: unit-tests, vulnerability-scan, sbom, …' })
  type: string;

  @OneOf(ATTESTATION_RESULTS, { description: 'What came out.' })
  result: AttestationResult;

  @Name('environment', { optional: true, description: 'Where it was made, where that matters.' })
  environment?: string;

  @Nested(() => EvidenceDto, { optional: true, description: 'What shows it.' })
  evidence?: EvidenceDto;

  @Foreign({
    optional: true,
    description: 'What proves who says so: an in-toto statement in a DSSE envelope, or in a Sigstore bundle.',
  })
  statement?: object;
}

export class RevokeDto extends WriteDto {
  @Text(2_000, { description: 'Why. It, and all that is built on it, is refused from here on.' })
  reason: string;

  @OneOf(SEVERITIES, { description: 'How bad it is.' })
  severity: Severity;
}
