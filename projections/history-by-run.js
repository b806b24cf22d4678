// What became of a pipeline's run: links in `history-run-<pipeline>/<run>`, from the bake to wherever it went.
//
// Only the bake names the run, so the digest is the partition and its state remembers who baked it. Several runs may
// bake the same bytes; what happens to those bytes is then the history of each of them.
const TYPES = [
  ...['AttestationRecorded.v1', 'ArtifactRevoked.v1'],
  ...['PromotionStarted.v1', 'CandidateValidated.v1', 'CandidateFailed.v1', 'PromotionAbandoned.v1'],
  ...['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ArtifactRetired.v1', 'ServiceRetired.v1'],
  ...['ChangeRefused.v1', 'IncidentReported.v1', 'IncidentResolved.v1'],
];
const STREAMS = /^(artifact|environment|refusal|incident)-/;
/** A digest that is baked anew every night must not make every later event a thousand links. */
const RUNS_KEPT = 16;

fromAll()
  .partitionBy((event) => (STREAMS.test(event.streamId) ? digestOf(factsOf(event)) : null))
  .when({
    $init: () => ({ runs: [], skipped: 0 }),
    'ArtifactBaked.v1': (state, event) => {
      const facts = factsOf(event);
      if (!facts || typeof facts.pipeline !== 'string' || !facts.run || typeof facts.run.id !== 'string')
        return skip(state);
      const run = `${facts.pipeline}/${facts.run.id}`;
      state.runs = [...state.runs.filter((other) => other !== run), run].slice(-RUNS_KEPT);
      linkTo(`history-run-${run}`, event);
      return state;
    },
    ...Object.fromEntries(TYPES.map((type) => [type, linkToRuns])),
  });

function linkToRuns(state, event) {
  if (!factsOf(event)) return skip(state);
  for (const run of state.runs) linkTo(`history-run-${run}`, event);
  return state;
}

function skip(state) {
  state.skipped += 1;
  return state;
}

function digestOf(facts) {
  if (!facts) return '(malformed)';
  const { digest } = facts.subject || facts.blamed || facts;
  return typeof digest === 'string' && digest !== '' ? digest : '(no digest)';
}

/** Nothing where Cairn did not write it, or where it is no JSON object, which `event.data` would stop everything at. */
function factsOf(event) {
  try {
    if (JSON.parse(event.metadataRaw).cairn !== 1) return undefined;
    const facts = JSON.parse(event.bodyRaw);
    return typeof facts === 'object' && !Array.isArray(facts) ? facts || undefined : undefined;
  } catch {
    return undefined;
  }
}
