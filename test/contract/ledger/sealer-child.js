/*
 * A sealer in a process of its own, which kills itself at a step: `node sealer-child.js DIST FOLDER EVENTS KILL_AT`.
 * `EVENTS` is a file of events in JSON. It seals the first part of them, replaces the key, and seals the rest. Without a
 * step to be killed at, it prints the names of all of them.
 */
import { killedAt, readEvents, sealAll } from './sealer-steps.js';

const [, , dist, folder, eventsFile, killAt] = process.argv;
const load = (module) => import(`${dist}/ledger/${module}.js`);
const { logFiles } = await load('sealer/files');
const { openLog } = await load('sealer/open-log');
const { rotateKeyFile } = await load('sealer/rotation');
const { Sealer } = await load('sealer/sealer');
const { TreeStore } = await load('tree/store');

const { events, firstPart } = readEvents(eventsFile);
let head = firstPart;
const { steps, at } = killedAt(killAt);

const files = logFiles(folder);
const log = openLog(files, {}, { at });
let { signer } = log;
const sealer = new Sealer({
  events: {
    readAll: (from, limit) => Promise.resolve(events.slice(from, Math.min(head, from + limit))),
    readStream: (stream, from, limit) =>
      Promise.resolve(events.filter((event) => event.stream === stream && event.revision >= from).slice(0, limit)),
    findById: (id) => Promise.resolve(events.find((event) => event.id === id)),
  },
  seals: log.seals,
  origin: log.origin,
  signer: () => signer,
  openTree: (isAnew) => TreeStore.openOrMake(files.tree, { at, isAnew }),
  publish: () => undefined,
  log: () => undefined,
  at,
  batchEvents: 100,
});
await sealer.start();
await sealAll(sealer);
({ signer } = rotateKeyFile(files, { ...log, signer }, at));
head = events.length;
await sealAll(sealer);
process.stdout.write(JSON.stringify(steps));
