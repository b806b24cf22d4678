/*
 * What sealers in a process of their own have in common: a file of events, of which a part is there before the key is
 * replaced, and a step at which the process kills itself.
 */
import { readFileSync } from 'node:fs';

/** The events in JSON of a file, and how many of them come first. */
export function readEvents(file) {
  const events = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    key === 'salts' ? Buffer.from(value, 'base64') : value,
  );
  return { events, firstPart: Math.ceil(events.length * 0.6) };
}

/** Counts the steps by name, and kills the process at one of them; at none, where it is not a number. */
export function killedAt(killAt) {
  const steps = [];
  const at = (step) => {
    if (steps.length === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    steps.push(step);
  };
  return { steps, at };
}

export async function sealAll(sealer) {
  while (await sealer.integrate());
  await sealer.seal();
}
