import { randomUUID, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { environmentSnapshots } from '../../dist/commands/aggregates/environment-snapshot.js';
import { evolve, initialState } from '../../dist/domain/environment/state.js';

/**
 * What the state of an environment takes in memory, and as a snapshot, after so many switches in so many services. The
 * command side remembers that of 20,000 streams, whichever these are.
 *
 *     npm run -s build && node --expose-gc bench/scale/state.js
 */
const KEPT = 60;
const CASES = [
  { services: 10, switches: 10 },
  { services: 10, switches: 200 },
  { services: 10, switches: 2_000 },
  { services: 300, switches: 2_000 },
  { services: 1_000, switches: 20_000 },
];

console.log('  services  switches    memory  snapshot   zipped  (KiB)');
for (const { services, switches } of CASES) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const states = Array.from({ length: KEPT }, () => stateAfter(services, switches));
  globalThis.gc();
  const kib = (process.memoryUsage().heapUsed - before) / KEPT / 1024;
  const text = environmentSnapshots.toText(states[0]);
  const sizes = [text.length, gzipSync(text).length].map((bytes) => (bytes / 1024).toFixed(1));
  console.log([services, switches, kib.toFixed(1), ...sizes].map((cell) => String(cell).padStart(10)).join(''));
}

/** Each event as it is read: parsed by itself, so that no two share a text. */
function stateAfter(services, switches) {
  let state = evolve(initialState(), happened('EnvironmentDefined.v1', 0, { tier: 'production', policy: {} }));
  for (let revision = 1; revision <= switches; revision++) {
    const service = `service-${revision % services}`;
    const digest = `sha256:${randomBytes(32).toString('hex')}`;
    const data = { service, digest, component: service, version: `1.${revision}`, layer: 'application' };
    const change = { changeId: randomUUID(), recycled: true, unchanged: false };
    state = evolve(state, happened('ArtifactPromoted.v1', revision, { ...data, ...change }));
  }
  return state;
}

function happened(type, revision, data) {
  const event = { type, revision, data, id: randomUUID(), occurredAt: '2026-01-01T00:00:00.000Z' };
  return JSON.parse(JSON.stringify(event));
}
