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
  version: 2,
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
    ...proofOf(data),
    recordedAt,
    occurredAt,
  });
}

function proofOf({ proof, provenance }: EventOf<'ArtifactBaked.v1'>['data']) {
  const identity = provenance && 'identity' in provenance ? provenance.identity : undefined;
  const signerKey = provenance && 'keyId' in provenance ? provenance.keyId : null;
  return { proof, signerName: identity?.san ?? null, signerIssuer: identity?.issuer ?? null, signerKey };
}

function attestationOf({
  data,
  position,
  recordedAt,
  occurredAt,
}: EventOf<'AttestationRecorded.v1'>): ArtifactAttestation {
  const { digest, type, result, pipeline, environment, evidence } = data;
  return {
    ...{ position, digest, type, result, environment: environment ?? null },
    evidenceUri: evidence?.uri ?? null,
    evidenceDigest: evidence?.digest ?? null,
    ...{ pipeline, recordedAt, occurredAt },
  };
}

function revocationOf(event: EventOf<'ArtifactRevoked.v1'>): ArtifactRevocation {
  const { data, position, actor, recordedAt, occurredAt, remarks } = event;
  const { digest, severity } = data;
  return { position, digest, severity, reason: remarks.reason ?? null, actor, recordedAt, occurredAt };
}
