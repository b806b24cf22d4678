import type { ArtifactCommand, BakeArtifact } from '../../domain/artifact/commands.js';
import { decide, type ArtifactContext } from '../../domain/artifact/decide.js';
import type { ArtifactEvent } from '../../domain/artifact/events.js';
import type { ArtifactState } from '../../domain/artifact/state.js';
import { bakeRefusal, type Caller } from '../../domain/pipeline/permission.js';
import { keysAt } from '../../domain/pipeline/state.js';
import { artifactStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import type { ProofChecker } from '../proof-checker.js';
import { artifactFolding } from './foldings.js';

export const artifactAggregate = (
  proofs: ProofChecker,
): Aggregate<ArtifactCommand, ArtifactState, ArtifactEvent, ArtifactContext> => ({
  ...artifactFolding,
  stream: ({ digest }) => artifactStream(digest),
  // Nearly every bake is of bytes that nobody baked before.
  isLikelyNew: ({ kind }) => kind === 'bake',
  gather: async (command, _state, scope) => {
    const caller = await scope.caller();
    if (command.kind !== 'bake') return { caller };
    const proof = await checkedProof(command, caller, { proofs, now: scope.now });
    return { caller, ...(proof && { proof }) };
  },
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: (command, state, { caller }) => ({
    digest: command.digest,
    ...(caller.kind === 'pipeline' && { pipeline: caller.id }),
    ...componentOf(command, state),
  }),
});

/** Nobody who may not bake this makes the server check anything. */
async function checkedProof(
  { bake, provenance }: BakeArtifact,
  caller: Caller,
  { proofs, now }: { proofs: ProofChecker; now: string },
): Promise<ArtifactContext['proof']> {
  if (!provenance || caller.kind !== 'pipeline' || caller.state.status !== 'active') return undefined;
  if (bakeRefusal(caller, bake.component)) return undefined;
  const { registration, keys } = caller.state;
  return proofs.check({
    statement: provenance,
    digest: bake.digest,
    source: bake.source,
    identities: registration.identities ?? [],
    keys: keysAt(keys, now),
  });
}

function componentOf(command: ArtifactCommand, state: ArtifactState): { component?: string; layer?: string } {
  if (command.kind === 'bake') return { component: command.bake.component, layer: command.bake.layer };
  return state.status === 'baked' ? { component: state.identity.component, layer: state.identity.layer } : {};
}
