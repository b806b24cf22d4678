import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { access } from './items/access.js';
import { batches } from './items/batches.js';
import { credentials } from './items/credentials.js';
import { databases } from './items/databases.js';
import { exports } from './items/exports.js';
import { memory } from './items/memory.js';
import { moments } from './items/moments.js';
import { population } from './items/population.js';
import { proofs } from './items/proofs.js';
import { reads } from './items/reads.js';
import { rebuild } from './items/rebuild.js';
import { report } from './items/report.js';
import { sealing } from './items/sealing.js';
import { singles } from './items/singles.js';
import { verify } from './items/verify.js';
import { growLedger } from './support/ledgers.js';
import { remove } from './support/process.js';
import { judge } from './support/stats.js';

const ITEMS = {
  singles,
  proofs,
  batches,
  sealing,
  memory,
  moments,
  reads,
  access,
  credentials,
  population,
  exports,
  report,
  rebuild,
  verify,
  databases,
};

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(ITEMS).join(',') },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    events: { type: 'string' },
    // Growing a ledger of a million events takes minutes: a run can leave its own to the next one.
    keep: { type: 'boolean', default: false },
    ledger: { type: 'string' },
    'cpu-prof': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
await main();

async function main() {
  if (!existsSync(new URL('../dist/cli.js', import.meta.url))) throw new Error('nothing is built: npm run build');
  const names = options.only.split(',');
  const unknown = names.filter((name) => !Object.hasOwn(ITEMS, name));
  if (unknown.length > 0)
    throw new Error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(ITEMS).join(', ')}`);
  const { quick } = options;
  const ledgers = [];
  const grown = (sizes) => {
    let ledger;
    return async () => {
      if (!ledger) ledgers.push((ledger = await growLedger(sizes)));
      return ledger;
    };
  };
  const events = Number(options.events ?? (quick ? 200_000 : 1_000_000));
  const context = {
    quick,
    rounds: Number(options.rounds ?? (quick ? 3 : 5)),
    cpuProfile: options['cpu-prof'],
    smallLedger: grown([10_000]),
    bigLedger: options.ledger ? async () => ({ folder: options.ledger, lines: events }) : grown([events / 10, events]),
  };
  const results = [];
  try {
    for (const name of names) {
      console.log(`${name} …`);
      results.push(...(await ITEMS[name](context)));
    }
  } finally {
    for (const { folder, lines } of ledgers) {
      if (options.keep && lines === events) console.log(`  kept for --ledger: ${folder}`);
      else remove(folder);
    }
  }
  print(results);
}

function print(results) {
  if (options.json) console.log(JSON.stringify(results));
  const table = new Table({ head: ['', 'Cairn', 'beside it', 'ratio', 'target', ''], style: { head: [], border: [] } });
  for (const result of results) {
    const { name, product, other, ratio, bound, target } = result;
    const sign = bound === 'at-least' ? '≥' : '≤';
    const goal = target === undefined ? ['', ''] : [`${sign} ${target}`, judge(ratio, result)];
    table.push([name, product, other, ratio.toFixed(2), ...goal]);
  }
  console.log(`\n${table.toString()}\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
}
