import type { ArtifactCommand } from '../../domain/artifact/commands.js';
import { decide, type ArtifactContext } from '../../domain/artifact/decide.js';
import type { ArtifactEvent } from '../../domain/artifact/events.js';
import type { ArtifactState } from '../../domain/artifact/state.js';
import { artifactStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { artifactFolding } from './foldings.js';

export const artifactAggregate: Aggregate<ArtifactCommand, ArtifactState, ArtifactEvent, ArtifactContext> = {
  ...artifactFolding,
  stream: ({ digest }) => artifactStream(digest),
  // Nearly every bake is of bytes that nobody baked before.
  isLikelyNew: ({ kind }) => kind === 'bake',
  gather: async (_command, _state, scope) => ({ caller: await scope.caller() }),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: (command, state, { caller }) => ({
    digest: command.digest,
    ...(caller.kind === 'pipeline' && { pipeline: caller.id }),
    ...componentOf(command, state),
  }),
};

function componentOf(command: ArtifactCommand, state: ArtifactState): { component?: string; layer?: string } {
  if (command.kind === 'bake') return { component: command.bake.component, layer: command.bake.layer };
  return state.status === 'baked' ? { component: state.identity.component, layer: state.identity.layer } : {};
}
