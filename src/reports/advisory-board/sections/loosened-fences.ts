import type { Block } from '../../document/document.js';
import { notRecordedBlock } from '../blocks.js';

/** Policies made looser, pipelines' tokens made by hand, suspensions lifted: what made it easier to change something. */
export const loosenedFences = (): Block[] => [
  notRecordedBlock('Loosened policies, tokens made by hand and lifted suspensions', 'a view of loosened fences'),
];
