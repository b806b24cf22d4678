// Everything that ever happened to a component, in order: links in `history-component-<name>`.
//
// An attestation and a revocation name a digest only. So the digest is the partition, whose state remembers the
// component that its bake named, and those events find their way too.
const TYPES = [
  ...['ArtifactBaked.v1', 'AttestationRecorded.v1', 'ArtifactRevoked.v1'],
  ...['PromotionStarted.v1', 'CandidateValidated.v1', 'CandidateFailed.v1', 'PromotionAbandoned.v1'],
  ...['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ArtifactRetired.v1', 'ServiceRetired.v1'],
  ...['ChangeRefused.v1', 'IncidentReported.v1', 'IncidentResolved.v1'],
];
const STREAMS = /^(artifact|environment|refusal|incident)-/;

fromAll()
  .partitionBy((event) => (STREAMS.test(event.streamId) ? digestOf(subjectOf(event)) : null))
  .when({ $init: () => ({ component: null, skipped: 0 }), ...Object.fromEntries(TYPES.map((type) => [type, link])) });

function link(state, event) {
  const subject = subjectOf(event);
  if (!subject) {
    state.skipped += 1;
    return state;
  }
  if (isText(subject.component)) state.component = subject.component;
  // What is about no component, such as a refused pipeline or an incident that blames no change, is in no such history.
  const component = isText(subject.component) ? subject.component : isText(subject.digest) && state.component;
  if (component) linkTo(`history-component-${component}`, event);
  return state;
}

const digestOf = (subject) => (!subject ? '(malformed)' : isText(subject.digest) ? subject.digest : '(no digest)');

const isText = (value) => typeof value === 'string' && value !== '';

/** Nothing where Cairn did not write it, or where it is no JSON object, which `event.data` would stop everything at. */
function subjectOf(event) {
  try {
    if (JSON.parse(event.metadataRaw).cairn !== 1) return undefined;
    const facts = JSON.parse(event.bodyRaw);
    if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) return undefined;
    const subject = event.eventType === 'ChangeRefused.v1' ? facts.subject : facts.blamed || facts;
    return typeof subject === 'object' ? subject || undefined : undefined;
  } catch {
    return undefined;
  }
}
