import { summary } from '../support/drive.js';
import { median, rate } from '../support/stats.js';
import { onProduct as importOnProduct } from './batches.js';
import { onProduct as singlesOnProduct } from './singles.js';

const UNSEALED = { CAIRN_SEAL: 'off' };

/** Imports and single commands on a server that seals, and on one that does not, in turns. */
export async function sealing({ quick, rounds }) {
  const counts = quick ? { warmUp: 10_000, lines: 20_000 } : { warmUp: 20_000, lines: 60_000 };
  const load = quick ? { warmUp: 3_000, requests: 8_000 } : { warmUp: 8_000, requests: 24_000 };
  const imports = { sealed: [], unsealed: [] };
  const singles = { sealed: [], unsealed: [] };
  for (let round = 1; round <= rounds; round++) {
    imports.sealed.push(await importOnProduct(counts));
    imports.unsealed.push(await importOnProduct(counts, { settings: UNSEALED }));
    singles.sealed.push(await singlesOnProduct({ ...load, seed: round }));
    singles.unsealed.push(await singlesOnProduct({ ...load, seed: round, settings: UNSEALED }));
  }
  const [sealed, unsealed] = [median(imports.sealed), median(imports.unsealed)];
  const [sealedSingles, unsealedSingles] = [summary(singles.sealed), summary(singles.unsealed)];
  return [
    {
      name: 'import in batches while sealing, against the same without',
      product: `${rate(sealed)} lines`,
      other: `${rate(unsealed)} lines`,
      ratio: sealed / unsealed,
      bound: 'at-least',
      target: 0.9,
    },
    {
      name: 'singles while sealing, against the same without',
      product: sealedSingles.text,
      other: unsealedSingles.text,
      ratio: sealedSingles.perSecond / unsealedSingles.perSecond,
      bound: 'at-least',
      target: 0.9,
    },
  ];
}
