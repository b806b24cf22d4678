// How often each rule said no, where, and when last: the pipelines' most common stumbling blocks.
//
// One state for all: reasons are a closed list, so it stays small however many refusals there are. Each refusal is a
// stream of its own, which `last` names.
fromAll().when({
  $init: () => ({ total: 0, reasons: {}, skipped: 0 }),
  'ChangeRefused.v1': (state, event) => {
    if (!event.streamId.startsWith('refusal-')) return state;
    const { reason, environment = '(none)' } = factsOf(event);
    if (!reason) {
      state.skipped += 1;
      return state;
    }
    const counted = own(state.reasons, reason) || { count: 0, environments: {} };
    counted.count += 1;
    counted.environments[environment] = (own(counted.environments, environment) || 0) + 1;
    counted.last = { stream: event.streamId, occurredAt: occurredAtOf(event) };
    state.reasons[reason] = counted;
    state.total += 1;
    return state;
  },
});

/** An environment may be called `constructor`, and every object has something by that name. */
const own = (object, key) => (Object.keys(object).includes(key) ? object[key] : undefined);

/** Empty where the event does not say why: `event.data` would stop the projection at text that is no JSON object. */
function factsOf(event) {
  try {
    const { reason, environment } = JSON.parse(event.bodyRaw);
    if (typeof reason !== 'string' || !/^[a-z]+(-[a-z]+)*$/.test(reason)) return {};
    return typeof environment === 'string' && /^[A-Za-z0-9]/.test(environment) ? { reason, environment } : { reason };
  } catch {
    return {};
  }
}

function occurredAtOf(event) {
  try {
    return JSON.parse(event.metadataRaw).occurredAt || null;
  } catch {
    return null;
  }
}
