import { fork } from 'node:child_process';
import { once } from 'node:events';
import { median, ms, rate } from './stats.js';

const CONNECTIONS = 32;

/** Runs a load in a process of its own and answers its figures. */
export async function drive(task) {
  const child = fork(new URL('./load.js', import.meta.url));
  child.send({ connections: CONNECTIONS, ...task });
  const [result] = await once(child, 'message');
  await once(child, 'exit');
  return result;
}

/** The medians of several runs. */
export function summary(runs) {
  const of = (field) => median(runs.map((run) => run[field]));
  const perSecond = of('perSecond');
  return { perSecond, text: `${rate(perSecond)}, p50 ${ms(of('p50'))}, p99 ${ms(of('p99'))}` };
}
