// What is known-good in each environment: service → digest, and the revision that brought it there.
//
// A derivation of its own, which shares no code with Cairn's tables: where the two agree, neither is wrong by accident.
// One state an environment, found under its name. The fingerprint is the SHA-256 of the sorted pairs of `live`; the
// engine has no hash function, so whoever compares takes it from the pairs.
fromAll()
  // The name from the stream, not from the event: a malformed event is counted where it was written.
  .partitionBy((event) => (event.streamId.startsWith('environment-') ? event.streamId.slice(12) : null))
  .when({
    $init: () => ({ revision: 0, live: {}, skipped: 0 }),
    'EnvironmentDefined.v1': (state) => state,
    'ArtifactPromoted.v1': goLive,
    'ArtifactRolledBack.v1': goLive,
    // ArtifactRetired recycles what takes no traffic any more: it never moves the live set.
    'ServiceRetired.v1': (state, event) => {
      const facts = factsOf(event);
      if (!facts) return skip(state);
      if (!Object.keys(state.live).includes(facts.service)) return state;
      delete state.live[facts.service];
      state.revision = event.sequenceNumber;
      return state;
    },
  });

/** Promoting, or rolling back to, what is live already is accepted and moves nothing. */
function goLive(state, event) {
  const facts = factsOf(event);
  if (!facts || typeof facts.unchanged !== 'boolean') return skip(state);
  if (facts.unchanged || state.live[facts.service] === facts.digest) return state;
  state.live[facts.service] = facts.digest;
  state.revision = event.sequenceNumber;
  return state;
}

function skip(state) {
  state.skipped += 1;
  return state;
}

/**
 * Nothing where Cairn did not write the event, or where it cannot be read: `event.data` would stop the whole projection
 * at text that is no JSON object.
 */
function factsOf(event) {
  try {
    if (JSON.parse(event.metadataRaw).cairn !== 1) return undefined;
    const facts = JSON.parse(event.bodyRaw);
    const isNamed = /^[A-Za-z0-9]/.test(facts.service) && facts.environment === event.streamId.slice(12);
    return isNamed && /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(facts.digest) ? facts : undefined;
  } catch {
    return undefined;
  }
}
