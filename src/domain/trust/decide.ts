import { accept, reject, type Decision } from '../decision.js';
import type { TrustRoots } from './commands.js';
import type { TrustedRootsChanged } from './events.js';
import type { TrustState } from './state.js';

export function decide({ roots, remarks }: TrustRoots, { digests }: TrustState): Decision<TrustedRootsChanged> {
  const isSame = roots.length === digests.length && roots.every(({ digest }, index) => digest === digests[index]);
  return isSame
    ? reject('already-exists', 'These are the roots that are trusted already.')
    : accept({ type: 'TrustedRootsChanged.v1', data: { roots }, remarks });
}
