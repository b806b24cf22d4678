import type { RejectionCode } from '../../domain/decision.js';
import type { RefusalReason } from '../../domain/refusal.js';

interface Entry {
  readonly status: number;
  readonly title: string;
}

/** The one table from a refusal's reason to its HTTP status and title. */
export const REFUSALS: Readonly<Record<RefusalReason, Entry>> = {
  'artifact-unknown': { status: 422, title: 'No pipeline baked this artifact' },
  'artifact-not-pipeline-produced': { status: 422, title: 'That a pipeline built it is not proven well enough' },
  'artifact-conflict': { status: 409, title: 'The artifact was baked before as something else' },
  'artifact-revoked': { status: 422, title: 'The artifact is revoked' },
  'base-unknown': { status: 422, title: 'A base of the artifact is unknown' },
  'provenance-invalid': { status: 422, title: 'The provenance proves nothing' },
  'pipeline-suspended': { status: 403, title: 'The pipeline is suspended' },
  'pipeline-not-permitted': { status: 403, title: 'The pipeline is not registered for this' },
  'stage-skipped': { status: 422, title: 'A stage was skipped' },
  'soak-too-short': { status: 422, title: 'The artifact has not soaked for long enough' },
  'evidence-missing': { status: 422, title: 'Evidence is missing' },
  'evidence-failed': { status: 422, title: 'The newest evidence is a failure' },
  'strategy-not-allowed': { status: 422, title: 'The policy does not allow this strategy' },
  'promotion-in-progress': { status: 409, title: 'The service has an open promotion' },
  'not-atomic': { status: 409, title: 'Another change is open in the environment' },
  'stale-known-good': { status: 409, title: 'The known-good state has moved on' },
  'candidate-not-validated': { status: 409, title: 'The candidate has not passed its validation' },
  'still-live': { status: 409, title: 'The artifact still takes traffic' },
  'not-deployed': { status: 409, title: 'The artifact is not deployed there' },
  'out-of-order': { status: 409, title: 'A later change of the service is known already' },
  'back-dated': { status: 422, title: 'The change is older than the policy lets be told' },
};

/** The one table from a rejection's code to its HTTP status and title. */
export const REJECTIONS: Readonly<Record<RejectionCode, Entry>> = {
  'not-found': { status: 404, title: 'Not found' },
  'already-exists': { status: 409, title: 'Exists already' },
  'change-not-open': { status: 409, title: 'The change is not open' },
  'not-suspended': { status: 409, title: 'The pipeline is not suspended' },
  'incident-not-open': { status: 409, title: 'The incident is resolved already' },
  'precondition-failed': { status: 412, title: 'It was changed meanwhile' },
  'invalid-reference': { status: 422, title: 'It names something that cannot be meant' },
};

/** Every other problem, by its code. */
const OTHERS = {
  'invalid-json': { status: 400, title: 'The body cannot be read' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-moment': { status: 400, title: 'The moment cannot be asked for' },
  'invalid-cursor': { status: 400, title: 'The cursor cannot be used' },
  'malformed-request': { status: 400, title: 'The request cannot be read' },
  unauthenticated: {
    status: 401,
    title: 'A valid token is needed',
    headers: { 'www-authenticate': 'Bearer realm="cairn"' },
  },
  forbidden: { status: 403, title: 'The role of this token may not do this' },
  'cross-origin': { status: 403, title: 'A page of this server must ask for it' },
  'not-ready': { status: 409, title: 'It is not ready', headers: { 'retry-after': '1' } },
  'range-not-satisfiable': { status: 416, title: 'The file does not have these bytes' },
  'not-acceptable': { status: 406, title: 'There is no such format of it' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not understood here' },
  'key-reused': { status: 422, title: 'The Idempotency-Key was used with another request' },
  'precondition-required': { status: 428, title: 'If-Match is needed' },
  'too-many-requests': { status: 429, title: 'Too many requests at once', headers: { 'retry-after': '1' } },
  'too-many-refusals': { status: 429, title: 'Too many refusals within a minute' },
  'request-timeout': { status: 408, title: 'The request took too long to come' },
  altered: { status: 500, title: 'The stored event is not the one that was sealed' },
  'key-from-setting': { status: 409, title: 'The signing key is given by a setting' },
  'key-elsewhere': { status: 409, title: 'The signing key is at another server' },
  internal: { status: 500, title: 'Something went wrong inside' },
  unavailable: { status: 503, title: 'Not available for the moment', headers: { 'retry-after': '1' } },
} as const satisfies Record<string, Entry & { headers?: Record<string, string> }>;

export type ProblemCode = RejectionCode | keyof typeof OTHERS;

export const PROBLEMS: Readonly<Record<ProblemCode, Entry & { headers?: Record<string, string> }>> = {
  ...REJECTIONS,
  ...OTHERS,
};
