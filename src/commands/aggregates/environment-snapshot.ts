import type { EnvironmentState } from '../../domain/environment/state.js';
import type { SnapshotCodec } from '../aggregate.js';

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
