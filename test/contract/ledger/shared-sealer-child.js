/*
 * A sealer of a shared log in a process of its own, which kills itself at a step:
 * `node shared-sealer-child.js DIST FOLDER EVENTS URL KILL_AT`. It seals a part of the events, replaces the key, and seals
 * the rest. Without a step to be killed at, it prints the names of all of them.
 */
import { killedAt, readEvents, sealAll } from './sealer-steps.js';

const [, , dist, folder, eventsFile, url, killAt] = process.argv;
const load = (module) => import(`${dist}/${module}.js`);
const { openSealRegister } = await load('adapters');
const { logFiles } = await load('ledger/sealer/files');
const { takeLog } = await load('ledger/sealer/log-in-use');
const { Sealer } = await load('ledger/sealer/sealer');
const { TreeStore } = await load('ledger/tree/store');

const { events, firstPart } = readEvents(eventsFile);
let head = firstPart;
const { steps, at } = killedAt(killAt);

const files = logFiles(folder);
const register = await openSealRegister(url);
const { seals, origin, signer, shared, rotate } = await takeLog(files, {}, { register, at });
const sealer = new Sealer({
  events: { readAll: (from, limit) => Promise.resolve(events.slice(from, Math.min(head, from + limit))) },
  seals,
  origin,
  signer,
  shared,
  openTree: (isAnew) => TreeStore.openOrMake(files.tree, { at, isAnew }),
  publish: () => undefined,
  log: () => undefined,
  at,
  batchEvents: 100,
});
await sealer.start();
await sealAll(sealer);
await rotate();
head = events.length;
await sealAll(sealer);
process.stdout.write(JSON.stringify(steps));
await register.close();
