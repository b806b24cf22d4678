import type { ArtifactCommand } from '../../domain/artifact/commands.js';
import { attestationRefusal, decide, type ArtifactContext } from '../../domain/artifact/decide.js';
import type { ArtifactEvent } from '../../domain/artifact/events.js';
import type { ArtifactState } from '../../domain/artifact/state.js';
import { bakeRefusal, type Caller } from '../../domain/pipeline/permission.js';
import { keysAt } from '../../domain/pipeline/state.js';
import { artifactStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import type { ProofChecker, ProofToCheck } from '../proof-checker.js';
import { artifactFolding } from './foldings.js';

export const artifactAggregate = (
  proofs: ProofChecker,
): Aggregate<ArtifactCommand, ArtifactState, ArtifactEvent, ArtifactContext> => ({
  ...artifactFolding,
  stream: ({ digest }) => artifactStream(digest),
  // Nearly every bake is of bytes that nobody baked before.
  isLikelyNew: ({ kind }) => kind === 'bake',
  gather: async (command, state, scope) => {
    const caller = await scope.caller();
    const asked = claimOf(command, state, caller);
    if (!asked || caller.kind !== 'pipeline' || caller.state.status !== 'active') return { caller };
    const { registration, keys } = caller.state;
    const { identities = [] } = registration;
    const signer = { identities, keys: keysAt(keys, scope.now) };
    return { caller, proof: await proofs.check({ digest: command.digest, ...asked, ...signer }) };
  },
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: (command, state, { caller }) => ({
    digest: command.digest,
    ...(caller.kind === 'pipeline' && { pipeline: caller.id }),
    ...componentOf(command, state),
  }),
});

/** What is to be checked of a command that came with a proof; nobody who may not give it makes the server check anything. */
function claimOf(
  command: ArtifactCommand,
  state: ArtifactState,
  caller: Caller,
): Pick<ProofToCheck, 'statement' | 'claim'> | undefined {
  if (command.kind === 'bake') {
    const { bake, provenance: statement } = command;
    if (!statement || bakeRefusal(caller, bake.component)) return undefined;
    return { statement, claim: { source: bake.source } };
  }
  if (command.kind !== 'attest' || !command.statement || state.status !== 'baked') return undefined;
  const { attestation, statement } = command;
  if (attestationRefusal(caller, state.identity.component, attestation)) return undefined;
  return { statement, claim: { result: attestation.result } };
}

function componentOf(command: ArtifactCommand, state: ArtifactState): { component?: string; layer?: string } {
  if (command.kind === 'bake') return { component: command.bake.component, layer: command.bake.layer };
  return state.status === 'baked' ? { component: state.identity.component, layer: state.identity.layer } : {};
}
