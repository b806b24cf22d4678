// What is known-good in each environment: service → digest, and the revision that brought it there.
//
// A derivation of its own, which shares no code with Cairn's tables: where the two agree, neither is wrong by accident.
// One state an environment, found under its name. The fingerprint is the SHA-256 of the sorted pairs of `live`; the
// engine has no hash function, so whoever compares takes it from the pairs, at the revision that `seen` tells.
fromAll()
  // The name from the stream, not from the event: a malformed event is counted where it was written.
  .partitionBy((event) => (event.streamId.startsWith('environment-') ? event.streamId.slice(12) : null))
  .when({
    $init: () => ({ seen: -1, revision: 0, live: {}, skipped: 0 }),
    // Every event of Cairn's counts as seen, whatever its type: that tells how far the state goes.
    $any: (state, event) => {
      if (!parsed(event.metadataRaw, ({ cairn }) => cairn === 1)) return skip(state);
      state.seen = event.sequenceNumber;
      switch (event.eventType) {
        case 'ArtifactPromoted.v1':
        case 'ArtifactRolledBack.v1':
          return follow(state, event, goLive);
        case 'ServiceRetired.v1':
          return follow(state, event, retire);
        default:
          // ArtifactRetired too: it recycles what takes no traffic any more, and never moves the live set.
          return state;
      }
    },
  });

function follow(state, event, move) {
  const facts = parsed(event.bodyRaw, ({ service, environment, digest }) => {
    const isNamed = /^[A-Za-z0-9]/.test(service) && environment === event.streamId.slice(12);
    return isNamed && /^sha(256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(digest);
  });
  if (!facts || (move === goLive && typeof facts.unchanged !== 'boolean')) return skip(state);
  if (move(state.live, facts)) state.revision = event.sequenceNumber;
  return state;
}

/** Promoting, or rolling back to, what is live already is accepted and moves nothing. */
function goLive(live, { service, digest, unchanged }) {
  const isMove = !unchanged && live[service] !== digest;
  if (isMove) live[service] = digest;
  return isMove;
}

const retire = (live, { service }) => Object.keys(live).includes(service) && delete live[service];

function skip(state) {
  state.skipped += 1;
  return state;
}

/** Nothing where it cannot be read or is not as it should be: `event.data` would stop the projection at such text. */
function parsed(text, isRight) {
  try {
    const value = JSON.parse(text);
    return isRight(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
