import { Entity, Index } from 'typeorm';
import type { ProofLevel } from '../../domain/artifact/events.js';
import { KeyPosition, KeyText, OptionalText, Position, Text } from '../columns.js';

/** What the first bake of a digest said of it. */
@Entity({ name: 'artifacts', withoutRowid: true })
@Index('artifacts_by_position', ['position'])
@Index('artifacts_by_component', ['component', 'position'])
@Index('artifacts_by_commit', ['sourceCommit', 'position'])
@Index('artifacts_by_version', ['version', 'position'])
@Index('artifacts_by_bake', ['bakedOccurredAt', 'position'])
@Index('artifacts_by_ref', ['sourceRef', 'position'], { where: '"source_ref" IS NOT NULL' })
@Index('artifacts_by_base', ['base', 'position'], { where: '"base" IS NOT NULL' })
export class Artifact {
  @KeyText() digest: string;
  @Position() position: number;
  @Text() eventId: string;
  @Text() component: string;
  @Text() version: string;
  @Text() kind: string;
  @Text() layer: string;
  @Text() sourceRepository: string;
  @Text() sourceCommit: string;
  @OptionalText() sourceRef: string | null;
  @OptionalText() sourceAuthor: string | null;
  @OptionalText() sourceCommittedAt: string | null;
  @OptionalText() configuration: string | null;
  @OptionalText() base: string | null;
  @Text() pipeline: string;
  @Text() bakedAt: string;
  @Text() bakedOccurredAt: string;
}

/** Every bake of a digest: the same bytes can be built more than once. */
@Entity({ name: 'artifact_runs', withoutRowid: true })
export class ArtifactRun {
  @KeyText() digest: string;
  @KeyPosition() position: number;
  @Text() runId: string;
  @OptionalText() url: string | null;
  @OptionalText() triggeredBy: string | null;
  @Text() version: string;
  @OptionalText() base: string | null;
  @Text() pipeline: string;
  @Text() proof: ProofLevel;
  /** Name and issuer of the certificate, where one proves it. */
  @OptionalText() signerName: string | null;
  @OptionalText() signerIssuer: string | null;
  /** Id of the key, where one proves it. */
  @OptionalText() signerKey: string | null;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
}

@Entity({ name: 'artifact_attestations', withoutRowid: true })
export class ArtifactAttestation {
  @KeyText() digest: string;
  @KeyPosition() position: number;
  @Text() type: string;
  @Text() result: string;
  @OptionalText() environment: string | null;
  @OptionalText() evidenceUri: string | null;
  @OptionalText() evidenceDigest: string | null;
  @Text() pipeline: string;
  @Text() proof: ProofLevel;
  /** Of the statement that was signed. */
  @OptionalText() predicateType: string | null;
  /** Name and issuer of the certificate, where one proves it. */
  @OptionalText() signerName: string | null;
  @OptionalText() signerIssuer: string | null;
  /** Id of the key, where one proves it. */
  @OptionalText() signerKey: string | null;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
}

@Entity({ name: 'artifact_revocations', withoutRowid: true })
export class ArtifactRevocation {
  @KeyText() digest: string;
  @KeyPosition() position: number;
  @Text() severity: string;
  @OptionalText() reason: string | null;
  @Text() actor: string;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
}
