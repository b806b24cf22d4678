import type { ArtifactState } from '../../domain/artifact/state.js';
import type { ArtifactFacts } from '../../domain/environment/context.js';
import { artifactStream } from '../../domain/streams.js';
import type { Scope } from '../aggregate.js';
import { artifactFolding } from './foldings.js';

/** How many bases deep an artifact may stand. Deeper ones count as unknown, not as sound. */
const MAX_BASES = 32;

/** An artifact with what its bases say of it, each read at the head. */
export async function artifactFacts(digest: string, scope: Scope): Promise<ArtifactFacts> {
  const state = await scope.read(artifactFolding, artifactStream(digest));
  let base = baseOf(state);
  for (let depth = 0; base !== undefined; depth++) {
    const baseState = await scope.read(artifactFolding, artifactStream(base));
    if (baseState.revoked) return { state, revokedBase: base };
    if (baseState.status === 'unknown' || depth === MAX_BASES) return { state, unknownBase: base };
    base = baseOf(baseState);
  }
  return { state };
}

const baseOf = (state: ArtifactState): string | undefined =>
  state.status === 'baked' ? state.identity.base : undefined;
