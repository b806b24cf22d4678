import type { SignedStatement } from '../../domain/artifact/events.js';
import { attestationProof } from '../../domain/artifact/state.js';
import type { Projector } from '../projector.js';
import type { BatchRows, Table } from '../rows.js';
import type { ViewEvent } from '../view-event.js';
import { Artifact, ArtifactAttestation, ArtifactRevocation, ArtifactRun } from './entity.js';

const ARTIFACTS: Table<Artifact> = { entity: Artifact, key: ['digest'] };
const RUNS: Table<ArtifactRun> = { entity: ArtifactRun, key: ['digest', 'position'] };
const ATTESTATIONS: Table<ArtifactAttestation> = { entity: ArtifactAttestation, key: ['digest', 'position'] };
const REVOCATIONS: Table<ArtifactRevocation> = { entity: ArtifactRevocation, key: ['digest', 'position'] };

type EventOf<Type extends ViewEvent['type']> = Extract<ViewEvent, { type: Type }>;

/** What is known of each digest: its first bake, every run that built it, its attestations and its revocation. */
export const artifactsProjector: Projector = {
  view: 'artifacts',
  version: 3,
  entities: [Artifact, ArtifactRun, ArtifactAttestation, ArtifactRevocation],
  project(events, rows) {
    for (const event of events) {
      if (event.type === 'ArtifactBaked.v1') keepBake(event, rows);
      else if (event.type === 'AttestationRecorded.v1') rows.of(ATTESTATIONS).insert(attestationOf(event));
      else if (event.type === 'ArtifactRevoked.v1') rows.of(REVOCATIONS).insert(revocationOf(event));
    }
    return Promise.resolve();
  },
};

function keepBake(event: EventOf<'ArtifactBaked.v1'>, rows: BatchRows): void {
  const { data, position, recordedAt, occurredAt } = event;
  const { digest, component, version, kind, layer, source, pipeline, run } = data;
  const base = data.base ?? null;
  rows.of(ARTIFACTS).insertIfAbsent({
    digest,
    position,
    eventId: event.id,
    component,
    version,
    kind,
    layer,
    sourceRepository: source.repository,
    sourceCommit: source.commit,
    sourceRef: source.ref ?? null,
    sourceAuthor: source.author ?? null,
    sourceCommittedAt: source.committedAt ?? null,
    configuration: data.configuration ?? null,
    base,
    pipeline,
    bakedAt: recordedAt,
    bakedOccurredAt: occurredAt,
  });
  rows.of(RUNS).insert({
    position,
    digest,
    runId: run.id,
    url: run.url ?? null,
    triggeredBy: run.triggeredBy ?? null,
    version,
    base,
    pipeline,
    ...{ proof: data.proof, ...signerOf(data.provenance) },
    recordedAt,
    occurredAt,
  });
}

function signerOf(signed: SignedStatement | undefined) {
  const identity = signed && 'identity' in signed ? signed.identity : undefined;
  const signerKey = signed && 'keyId' in signed ? signed.keyId : null;
  return { signerName: identity?.san ?? null, signerIssuer: identity?.issuer ?? null, signerKey };
}

function attestationOf({
  data,
  position,
  recordedAt,
  occurredAt,
}: EventOf<'AttestationRecorded.v1'>): ArtifactAttestation {
  const { digest, type, result, pipeline, environment, evidence, signed } = data;
  return {
    ...{ position, digest, type, result, environment: environment ?? null },
    evidenceUri: evidence?.uri ?? null,
    evidenceDigest: evidence?.digest ?? null,
    ...{ pipeline, proof: attestationProof(data), predicateType: signed?.predicateType ?? null },
    ...{ ...signerOf(signed), recordedAt, occurredAt },
  };
}

function revocationOf(event: EventOf<'ArtifactRevoked.v1'>): ArtifactRevocation {
  const { data, position, actor, recordedAt, occurredAt, remarks } = event;
  const { digest, severity } = data;
  return { position, digest, severity, reason: remarks.reason ?? null, actor, recordedAt, occurredAt };
}
