import { PREVIOUS_KEPT, type EnvironmentState } from '../../domain/environment/state.js';
import type { SnapshotCodec, Versioned } from '../aggregate.js';

/** Raise it with every change of the state's shape or of `evolve`: snapshots of another version are ignored. */
const VERSION = 2;

/** JSON in which a Map stands as `{"$map": [[key, value], …]}`, in its own order. */
export const environmentSnapshots: SnapshotCodec<EnvironmentState> = {
  version: VERSION,
  toText: (state) =>
    JSON.stringify(state, (_key, value: unknown) => (value instanceof Map ? { $map: [...value] } : value)),
  fromText: (text) =>
    JSON.parse(text, (_key, value: unknown) =>
      isMap(value) ? new Map(value.$map as [unknown, unknown][]) : value,
    ) as EnvironmentState,
};

const isMap = (value: unknown): value is { $map: unknown[] } =>
  typeof value === 'object' && value !== null && '$map' in value && Array.isArray(value.$map);

/** Of a digest that is remembered, of a service with what is live in it, and of what was live there before. */
const KIB = { standing: 0.25, service: 0.5, previous: 0.35 };

/** By `bench/scale/state.js`. What was live before is not counted but bounded, since a state may have many services. */
export function environmentKib({ state, revision }: Versioned<EnvironmentState>): number {
  if (state.status === 'undefined') return 1;
  const { services, recent, withdrawn } = state;
  const previous = Math.min(services.size * PREVIOUS_KEPT, revision);
  const standings = recent.size + withdrawn.size;
  return Math.ceil(1 + standings * KIB.standing + services.size * KIB.service + previous * KIB.previous);
}
