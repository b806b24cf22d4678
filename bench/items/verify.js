import { join } from 'node:path';
import { timeCommand } from '../support/process.js';
import { median, rate } from '../support/stats.js';

/** `cairn verify` of a data folder, from its start to its end, against reading and hashing the same bytes alone. */
export async function verify({ rounds, bigLedger }) {
  const { folder } = await bigLedger();
  const measured = { whole: [], ledger: [], bare: [] };
  let events = 0;
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const bare = JSON.parse((await timeCommand(['bench/bare/hash.js', join(folder, 'ledger.db')])).output);
    events = bare.events;
    measured.bare.push((events * 1_000) / bare.tookMs);
    for (const [name, more] of [
      ['ledger', ['--no-snapshots']],
      ['whole', []],
    ]) {
      const { tookMs } = await timeCommand(['dist/cli.js', 'verify', ...more], { CAIRN_DATA: folder });
      measured[name].push((events * 1_000) / tookMs);
    }
  }
  const bare = median(measured.bare);
  const row = (name, perSecond, target) => ({
    name: `verify of ${events.toLocaleString('en')} events${name}, against hashing the same bytes`,
    product: `${rate(perSecond)} events`,
    other: `${rate(bare)} events`,
    ratio: perSecond / bare,
    bound: 'at-least',
    target,
  });
  return [row(' without snapshots', median(measured.ledger), 0.5), row('', median(measured.whole), 0.25)];
}
