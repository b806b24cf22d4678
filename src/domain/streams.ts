/** Names of the streams. Each has one of these prefixes; nothing else in a shared store is Cairn's. */
export const pipelineStream = (id: string): string => `pipeline-${id}`;
export const artifactStream = (digest: string): string => `artifact-${digest.replace(':', '-')}`;
export const environmentStream = (name: string): string => `environment-${name}`;
export const refusalStream = (eventId: string): string => `refusal-${eventId}`;
export const accessStream = (subject: string): string => `access-${subject}`;
export const incidentStream = (id: string): string => `incident-${id}`;
/** What was handed out: reports, exports, samples. */
export const REPORTS_STREAM = 'reports';
/** Whose remarks were erased, and why. */
export const ERASURES_STREAM = 'erasures';
/** Which keys have signed the ledger's checkpoints, and why they were replaced. */
export const SIGNING_STREAM = 'signing-keys';

/** Which Sigstore instances vouch for keyless proofs, from when on. */
export const TRUST_STREAM = 'trusted-roots';

/** Beginnings of names that end in a dash, and whole names: every stream of Cairn is one of these. */
export const STREAM_PREFIXES: readonly string[] = [
  'pipeline-',
  'artifact-',
  'environment-',
  'refusal-',
  'access-',
  'incident-',
  REPORTS_STREAM,
  ERASURES_STREAM,
  SIGNING_STREAM,
  TRUST_STREAM,
];

/** The environment that a stream belongs to, if it is an environment's. */
export function environmentOfStream(stream: string): string | undefined {
  return stream.startsWith('environment-') ? stream.slice('environment-'.length) : undefined;
}
