import type { PipelineCommand } from '../../domain/pipeline/commands.js';
import { decide } from '../../domain/pipeline/decide.js';
import type { PipelineEvent } from '../../domain/pipeline/events.js';
import type { PipelineState } from '../../domain/pipeline/state.js';
import { pipelineStream } from '../../domain/streams.js';
import type { Aggregate } from '../aggregate.js';
import { pipelineFolding } from './foldings.js';

export const pipelineAggregate: Aggregate<PipelineCommand, PipelineState, PipelineEvent, undefined> = {
  ...pipelineFolding,
  stream: ({ id }) => pipelineStream(id),
  gather: () => Promise.resolve(undefined),
  decide,
  defaultOccurredAt: (_command, _state, now) => now,
  subject: ({ id }) => ({ pipeline: id }),
};
