import type { AccessEvent } from '../domain/access/events.js';
import type { ArtifactEvent } from '../domain/artifact/events.js';
import type { EnvironmentEvent } from '../domain/environment/events.js';
import type { ErasureEvent } from '../domain/erasure/events.js';
import type { Remarks } from '../domain/event.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { PipelineEvent } from '../domain/pipeline/events.js';
import type { ReportEvent } from '../domain/report/events.js';
import type { SigningEvent } from '../domain/signing/events.js';
import type { ChangeRefused } from '../domain/refusal.js';
import type { TrustedRootsChanged } from '../domain/trust/events.js';
import type { RecordedEvent } from '../event-store/port.js';

type KnownEvent =
  | AccessEvent
  | ArtifactEvent
  | EnvironmentEvent
  | PipelineEvent
  | ChangeRefused
  | IncidentEvent
  | ReportEvent
  | ErasureEvent
  | SigningEvent
  | TrustedRootsChanged;

interface Envelope {
  readonly position: number;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly actor: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** Empty once erased. */
  readonly remarks: Remarks;
  /** There only where the remarks were erased. */
  readonly isErased?: true;
  readonly meta: {
    readonly pipeline?: string;
    readonly channel?: string;
    /** Stream → revision of everything that the decision saw. */
    readonly decidedAgainst?: Readonly<Record<string, number>>;
  };
}

type ViewEventOf<Event> = Event extends { type: infer Type; data: infer Data }
  ? Envelope & { readonly type: Type; readonly data: Data }
  : never;

/** An event as projectors see it, parsed once for all of them. A type of a later version of Cairn passes through. */
export type ViewEvent = ViewEventOf<KnownEvent>;

const CHANGE_FACTS = ['environment', 'changeId', 'service', 'component', 'digest', 'version', 'layer'] as const;

/** The texts without which no view can place an event of the type. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'PipelineRegistered.v1': ['id', 'name'],
  'PipelineSuspended.v1': ['id'],
  'PipelineReinstated.v1': ['id'],
  'PipelineKeyAdded.v1': ['id', 'keyId', 'publicKey'],
  'PipelineKeyRevoked.v1': ['id', 'keyId'],
  'ArtifactBaked.v1': ['digest', 'component', 'version', 'kind', 'layer', 'pipeline'],
  'AttestationRecorded.v1': ['digest', 'type', 'result', 'pipeline'],
  'ArtifactRevoked.v1': ['digest', 'severity'],
  'EnvironmentDefined.v1': ['environment', 'tier'],
  'PolicyChanged.v1': ['environment'],
  'PromotionStarted.v1': CHANGE_FACTS,
  'CandidateValidated.v1': CHANGE_FACTS,
  'CandidateFailed.v1': CHANGE_FACTS,
  'PromotionAbandoned.v1': CHANGE_FACTS,
  'ArtifactPromoted.v1': CHANGE_FACTS,
  'ArtifactRolledBack.v1': CHANGE_FACTS,
  'ArtifactRetired.v1': CHANGE_FACTS,
  'ServiceRetired.v1': CHANGE_FACTS,
  'IncidentReported.v1': ['id', 'severity', 'startedAt'],
  'IncidentResolved.v1': ['id', 'resolvedAt'],
  'ReportIssued.v1': ['report', 'address'],
  'EvidenceExported.v1': ['id', 'what', 'format', 'digest'],
  'SampleDrawn.v1': ['what', 'seed'],
  'RemarksErased.v1': ['eventId', 'remarksHash'],
  'LedgerKeyRotated.v1': ['verifierKey'],
  'RefusalsCounted.v1': ['subject', 'from', 'until'],
  'ChangeRefused.v1': ['command', 'reason', 'detail'],
};

/** An event that cannot be projected. The views stop before it: what follows may depend on it. */
export class MalformedEventError extends Error {
  override readonly name = 'MalformedEventError';
  constructor(event: RecordedEvent, why: string, options?: ErrorOptions) {
    super(`event ${event.id} at position ${event.position} (${event.type}) cannot be projected: ${why}`, options);
  }
}

export function parseEvent(event: RecordedEvent): ViewEvent {
  const data = parseObject(event, 'data', event.data);
  for (const field of REQUIRED[event.type] ?? []) {
    if (typeof data[field] !== 'string') throw new MalformedEventError(event, `data.${field} is not a text`);
  }
  const { position, id, stream, revision, actor, occurredAt, recordedAt, type } = event;
  const remarks = event.remarks === null ? {} : parseObject(event, 'remarks', event.remarks);
  const meta = parseObject(event, 'meta', event.meta);
  const parsed = { position, id, stream, revision, actor, occurredAt, recordedAt, type, data, remarks, meta };
  return (event.remarks === null ? { ...parsed, isErased: true } : parsed) as unknown as ViewEvent;
}

function parseObject(event: RecordedEvent, part: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MalformedEventError(event, `${part} is not JSON`, { cause });
  }
  if (typeof value !== 'object' || value === null) throw new MalformedEventError(event, `${part} is not an object`);
  return value as Record<string, unknown>;
}
