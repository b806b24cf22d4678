import type { ArtifactCommand } from '../../domain/artifact/commands.js';
import { attestationRefusal, decide, type ArtifactContext } from '../../domain/artifact/decide.js';
import type { ArtifactEvent } from '../../domain/artifact/events.js';
import type { ArtifactState } from '../../domain/artifact/state.js';
import { bakeRefusal, type Caller } from '../../domain/pipeline/permission.js';
import { keysAt } from '../../domain/pipeline/state.js';
import { artifactStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { CommandError } from '../errors.js';
import type { ProofChecker, ProofToCheck } from '../proof-checker.js';
import { artifactFolding } from './foldings.js';

/** How often a proof is checked while the registration that it is held against changes. */
const CHECKS_MAX = 3;

export const artifactAggregate = (
  proofs: ProofChecker,
): Aggregate<ArtifactCommand, ArtifactState, ArtifactEvent, ArtifactContext> => ({
  ...artifactFolding,
  stream: ({ digest }) => artifactStream(digest),
  // Nearly every bake is of bytes that nobody baked before.
  isLikelyNew: ({ kind }) => kind === 'bake',
  gather: async (command, state, scope) => {
    for (let checks = 0; checks < CHECKS_MAX; checks++) {
      const caller = await scope.caller();
      const asked = claimOf(command, state, caller);
      if (!asked || caller.kind !== 'pipeline' || caller.state.status !== 'active') return { caller };
      const { registration, keys } = caller.state;
      const { identities = [] } = registration;
      const signer = { identities, keys: keysAt(keys, scope.now) };
      const proof = await proofs.check({ digest: command.digest, ...asked, ...signer });
      // A proof may wait for seconds. Who was suspended meanwhile, or whose key was revoked, must not get in by it.
      if (isSame(await scope.caller(), caller)) return { caller, proof };
    }
    throw new CommandError('contention', 'The registration of the pipeline kept changing. Send it again.');
  },
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: (command, state, { caller }) => ({
    digest: command.digest,
    ...(caller.kind === 'pipeline' && { pipeline: caller.id }),
    ...componentOf(command, state),
  }),
});

/** A state is another object once an event was folded into it. */
const isSame = (now: Caller, before: Caller): boolean =>
  now.kind === 'pipeline' && before.kind === 'pipeline' && now.state === before.state;

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
