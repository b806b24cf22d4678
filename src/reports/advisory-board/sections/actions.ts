import type { Section } from '../../document/document.js';
import { notRecordedBlock } from '../blocks.js';

/** Section 8. */
export const actions = (): Section => ({
  id: 'actions',
  title: 'Actions',
  blocks: [notRecordedBlock('Actions from the last report', 'an event that records an action and its end')],
});
