// How often each rule said no, where, and when last: the pipelines' most common stumbling blocks.
//
// One state for all: reasons are a closed list, so it stays small however many refusals there are. Each refusal is a
// stream of its own, which `last` names.
fromAll().when({
  $init: () => ({ total: 0, reasons: {}, skipped: 0 }),
  'ChangeRefused.v1': (state, event) => {
    if (!event.streamId.startsWith('refusal-')) return state;
    const { reason, environment, occurredAt } = factsOf(event);
    if (!reason) {
      state.skipped += 1;
      return state;
    }
    const counted = own(state.reasons, reason) || { count: 0, environments: {} };
    counted.count += 1;
    counted.environments[environment] = (own(counted.environments, environment) || 0) + 1;
    counted.last = { stream: event.streamId, occurredAt };
    state.reasons[reason] = counted;
    state.total += 1;
    return state;
  },
});

/** An environment may be called `constructor`, and every object has something by that name. */
const own = (object, key) => (Object.keys(object).includes(key) ? object[key] : undefined);

/** Empty where Cairn did not write it, or where it cannot be read, which `event.data` would stop everything at. */
function factsOf(event) {
  try {
    const { cairn, occurredAt } = JSON.parse(event.metadataRaw);
    const { reason, environment = '(none)' } = JSON.parse(event.bodyRaw);
    const isWhole = typeof environment === 'string' && /^[a-z]+(-[a-z]+)*$/.test(reason) && environment !== '__proto__';
    return cairn === 1 && isWhole ? { reason, environment, occurredAt } : {};
  } catch {
    return {};
  }
}
