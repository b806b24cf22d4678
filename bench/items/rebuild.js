import { join } from 'node:path';
import { timeCommand } from '../support/process.js';
import { median, rate } from '../support/stats.js';

/** `cairn rebuild`, from its start to its end, against reading, parsing and inserting the same rows. */
export async function rebuild({ rounds, bigLedger }) {
  const { folder } = await bigLedger();
  const product = [];
  const bare = [];
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const { tookMs } = await timeCommand(['dist/cli.js', 'rebuild'], { CAIRN_DATA: folder });
    const { output } = await timeCommand([
      'bench/bare/rebuild.js',
      join(folder, 'ledger.db'),
      join(folder, 'views.db'),
    ]);
    const result = JSON.parse(output);
    product.push((result.events * 1_000) / tookMs);
    bare.push((result.events * 1_000) / result.tookMs);
  }
  const [ours, theirs] = [median(product), median(bare)];
  return [
    {
      name: 'rebuild of all views, against read, parse and insert',
      product: `${rate(ours)} events`,
      other: `${rate(theirs)} events`,
      ratio: ours / theirs,
      bound: 'at-least',
      target: 0.5,
    },
  ];
}
