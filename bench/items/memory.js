import { mb } from '../support/stats.js';

/** The server's resident memory after taking a long history, against a tenth of it. */
export async function memory({ bigLedger }) {
  const { memories } = await bigLedger();
  if (!memories) throw new Error('memory is looked at while a ledger grows: leave out --ledger');
  const [before, after] = [memories[0], memories.at(-1)];
  const describe = ({ size, rss, anonymous }) =>
    `${mb(rss)} (heap and such ${mb(anonymous)}) at ${size.toLocaleString('en')}`;
  return [
    {
      name: 'resident memory as the ledger grows',
      product: describe(after),
      other: describe(before),
      ratio: after.rss / before.rss,
      bound: 'at-most',
      target: 1.5,
    },
  ];
}
