import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProduct, timeCommand } from '../support/process.js';
import { mb, median, rate } from '../support/stats.js';

const LOOK_MS = 20;

/** An export of all changes as NDJSON against a bare read of the same rows, and memory by the size of an export. */
export async function exports({ rounds, bigLedger }) {
  const { folder, lines } = await bigLedger();
  const [ours, bare] = [[], []];
  let rows;
  const server = await startProduct(folder);
  try {
    await run(server, { asOf: '1000' });
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      const { output } = await timeCommand(['bench/bare/read.js', join(folder, 'views.db')]);
      const read = JSON.parse(output);
      bare.push((read.rows * 1_000) / read.tookMs);
      const made = await run(server, {});
      rows = made.rows;
      ours.push((made.rows * 1_000) / made.tookMs);
    }
  } finally {
    await server.stop();
  }
  const small = await peakOf(folder, { asOf: String(Math.floor(lines / 10)) });
  const large = await peakOf(folder, {});
  return [
    {
      name: `export of ${rows.toLocaleString('en')} changes as NDJSON, against a bare read of the rows`,
      product: `${rate(median(ours))} rows`,
      other: `${rate(median(bare))} rows`,
      ratio: median(ours) / median(bare),
      bound: 'at-least',
      target: 0.5,
    },
    {
      name: `peak memory while ${large.rows.toLocaleString('en')} rows are exported, against ${small.rows.toLocaleString('en')}`,
      product: mb(large.peak),
      other: mb(small.peak),
      ratio: large.peak / small.peak,
      bound: 'at-most',
      target: 1.2,
    },
  ];
}

/** Each in a server of its own: what one process has taken, it does not give back. */
async function peakOf(folder, query) {
  const server = await startProduct(folder);
  try {
    return await run(server, query);
  } finally {
    await server.stop();
  }
}

async function run(server, query) {
  const startedAt = performance.now();
  const started = await server.call('POST', '/v1/exports', { what: 'changes', format: 'ndjson', ...query });
  if (started.status >= 300) throw new Error(`an export answered ${started.status}: ${started.text}`);
  let answer = JSON.parse(started.text);
  let peak = server.memory().anonymous;
  while (answer.status !== 'done') {
    if (answer.status === 'failed') throw new Error(started.text);
    await sleep(LOOK_MS);
    peak = Math.max(peak, server.memory().anonymous);
    answer = JSON.parse((await server.get(answer.links.self)).text);
  }
  return { tookMs: performance.now() - startedAt, rows: answer.manifest.rows, peak };
}
