// The advisory board's figures: switches, roll-backs, failures, refusals and incidents, by environment and month.
//
// One state an environment, with a row a month, so that ten thousand environments do not share one growing state. The
// month is that of the pipelines' own clocks, and of an incident when it began: history that was imported, or moved
// here from another ledger, falls into the month in which it happened.
const FIGURES = {
  'ArtifactPromoted.v1': 'switches',
  'ArtifactRolledBack.v1': 'rollbacks',
  'CandidateFailed.v1': 'failures',
  'ChangeRefused.v1': 'refusals',
  'IncidentReported.v1': 'incidents',
};
const STREAMS = /^(environment|refusal|incident)-/;
const NONE = { switches: 0, rollbacks: 0, failures: 0, refusals: 0, incidents: 0 };

fromAll()
  .partitionBy((event) => (STREAMS.test(event.streamId) ? placeOf(event).environment : null))
  .when({
    $init: () => ({ months: {}, skipped: 0 }),
    ...Object.fromEntries(Object.keys(FIGURES).map((type) => [type, count])),
  });

function count(state, event) {
  const { month, unchanged } = placeOf(event);
  if (!month) {
    state.skipped += 1;
    return state;
  }
  // Promoting what is live already is accepted and moves nothing.
  if (unchanged) return state;
  const figures = state.months[month] || { ...NONE };
  figures[FIGURES[event.eventType]] += 1;
  state.months[month] = figures;
  return state;
}

/** Where and when it counts; no month where Cairn did not write it, or where `event.data` would stop everything. */
function placeOf(event) {
  try {
    const { cairn, occurredAt } = JSON.parse(event.metadataRaw);
    const { environment = '(none)', startedAt, reason, unchanged } = JSON.parse(event.bodyRaw);
    const stream = event.streamId;
    const isWhole = stream.startsWith('environment-') ? stream.slice(12) === environment : isText(startedAt || reason);
    const month = /^\d{4}-\d{2}(?=-\d{2}T)/.exec(startedAt || occurredAt);
    if (cairn !== 1 || !isWhole || !isText(environment) || !month) return { environment: '(malformed)' };
    return { environment, month: month[0], unchanged };
  } catch {
    return { environment: '(malformed)' };
  }
}

const isText = (value) => typeof value === 'string' && value !== '';
