// Everything that names a digest, in order: links in `history-artifact-<algorithm>-<hex>`.
//
// The artifact's own stream ends with what its pipelines said of it. Here is also where it went, what it replaced,
// what replaced it or rolled it back, what was refused of it, and which incidents it was blamed for.
const TYPES = [
  ...['ArtifactBaked.v1', 'AttestationRecorded.v1', 'ArtifactRevoked.v1'],
  ...['PromotionStarted.v1', 'CandidateValidated.v1', 'CandidateFailed.v1', 'PromotionAbandoned.v1'],
  ...['ArtifactPromoted.v1', 'ArtifactRolledBack.v1', 'ArtifactRetired.v1', 'ServiceRetired.v1'],
  ...['ChangeRefused.v1', 'IncidentReported.v1', 'IncidentResolved.v1'],
];
const STREAMS = /^(artifact|environment|refusal|incident)-/;
const DIGEST = /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

fromAll().when({
  $init: () => ({ linked: 0, skipped: 0 }),
  ...Object.fromEntries(TYPES.map((type) => [type, link])),
});

function link(state, event) {
  if (!STREAMS.test(event.streamId)) return state;
  const digests = digestsOf(event);
  if (!digests) {
    state.skipped += 1;
    return state;
  }
  for (const digest of digests) linkTo(`history-artifact-${digest.replace(':', '-')}`, event);
  state.linked += digests.size;
  return state;
}

/** Nothing where Cairn did not write it, or where it is no JSON object, which `event.data` would stop everything at. */
function digestsOf(event) {
  try {
    if (JSON.parse(event.metadataRaw).cairn !== 1) return undefined;
    const facts = JSON.parse(event.bodyRaw);
    if (typeof facts !== 'object' || Array.isArray(facts)) return undefined;
    const { digest, replaced, withdrawn, subject, blamed, mendedBy, recycled } = facts;
    const named = [replaced, withdrawn, subject, blamed, mendedBy].map((about) => (about ? about.digest : undefined));
    const all = [digest, ...named, ...(Array.isArray(recycled) ? recycled : [])];
    return new Set(all.filter((one) => typeof one === 'string' && DIGEST.test(one)));
  } catch {
    return undefined;
  }
}
