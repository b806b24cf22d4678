import { createInterface } from 'node:readline';
import { createProjection } from '@kurrent/projections-testing';

/**
 * Runs the real projection engine in a process of its own, which the newer C library may need. A line in: a
 * projection's text and events. A line out: what it linked, and the state of each partition at the end; with
 * `wantsSteps`, also the state that each event left.
 */
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}

function answer({ source, events, wantsSteps }) {
  const projection = createProjection(source, { engineVersion: 1 });
  const test = projection.test();
  try {
    return { ...run(test, events, wantsSteps), ...projection.validate() };
  } catch (error) {
    return { fault: error.message };
  } finally {
    test.dispose();
  }
}

function run(test, events, wantsSteps = false) {
  const stateOf = (partition) => (partition === '' ? test.getState() : test.getState(partition));
  const partitions = new Set();
  const links = [];
  const steps = [];
  for (const event of events) {
    const step = test.feed(event);
    if (step.status !== 'processed') continue;
    partitions.add(step.partition ?? '');
    if (wantsSteps) steps.push({ partition: step.partition ?? '', state: stateOf(step.partition ?? '') });
    for (const { streamId, data, isLink } of step.emitted) links.push({ stream: streamId, event: data, isLink });
  }
  return {
    links,
    steps,
    states: Object.fromEntries([...partitions].map((partition) => [partition, stateOf(partition)])),
  };
}
