import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { remove, startProduct, temporaryFolder } from '../support/process.js';
import { median, ms, quantile } from '../support/stats.js';
import { ENVIRONMENTS } from '../support/workload.js';

const PAUSE_MS = 2;

/** p99 of reads while the views are made anew, and while all events are paged through, against an idle server. */
export async function reads({ quick, bigLedger }) {
  const { folder } = await bigLedger();
  const seconds = quick ? 3 : 8;
  const server = await startProduct(folder);
  let idle;
  let exporting;
  try {
    await watch(server, sleep(1_000));
    idle = await watch(server, sleep(seconds * 1_000));
    exporting = await watch(server, pageThrough(server, seconds));
  } finally {
    await server.stop();
  }
  const rebuilding = await whileRebuilding(folder, seconds);
  return [
    row('reads while all events are paged through, against idle', exporting, idle),
    row('reads while the views are made anew, against idle', rebuilding, idle),
  ];
}

const row = (name, busy, idle) => ({
  name,
  product: describe(busy),
  other: describe(idle),
  ratio: quantile(busy, 0.99) / quantile(idle, 0.99),
  bound: 'at-most',
  target: 3,
});

const describe = (taken) => `p50 ${ms(median(taken))}, p99 ${ms(quantile(taken, 0.99))} (${taken.length})`;

/** A server that finds a ledger without views serves while it makes them: nothing is slower to catch up. */
async function whileRebuilding(folder, seconds) {
  const copy = temporaryFolder();
  try {
    mkdirSync(copy, { recursive: true });
    copyFileSync(join(folder, 'ledger.db'), join(copy, 'ledger.db'));
    const server = await startProduct(copy);
    try {
      await untilFirstRows(server);
      return await watch(server, sleep(seconds * 1_000));
    } finally {
      await server.stop();
    }
  } finally {
    remove(copy);
  }
}

async function untilFirstRows(server) {
  for (;;) {
    const { status, text } = await server.get(`/v1/environments/${ENVIRONMENTS[7]}/known-good`);
    if (status === 200 && text.split('"service":').length > 290) return;
    await sleep(20);
  }
}

/** Reads one after the other until `until` is over, and answers how long each took (ms). */
async function watch(server, until) {
  const taken = [];
  let isOver = false;
  const over = until.finally(() => (isOver = true));
  for (let turn = 0; !isOver; turn++) {
    const environment = ENVIRONMENTS[turn % ENVIRONMENTS.length];
    const path =
      turn % 2 === 0 ? `/v1/environments/${environment}/known-good` : `/v1/changes?environment=${environment}&limit=50`;
    const startedAt = performance.now();
    const { status, text } = await server.get(path);
    taken.push(performance.now() - startedAt);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text.slice(0, 500)}`);
    await sleep(PAUSE_MS);
  }
  await over;
  return taken;
}

/** What an export by hand is: page after page of every event, as fast as they come. */
async function pageThrough(server, seconds) {
  const endsAt = performance.now() + seconds * 1_000;
  for (let next = '/v1/events?order=asc&limit=500'; performance.now() < endsAt;) {
    const { status, link, text } = await server.get(next);
    if (status !== 200) throw new Error(`${next} answered ${status}: ${text.slice(0, 500)}`);
    next = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1] ?? '/v1/events?order=asc&limit=500';
  }
}
