import type { Section } from '../../document/document.js';
import { notRecordedBlock } from '../blocks.js';

/** Section 3. */
export const schedule = (): Section => ({
  id: 'schedule',
  title: 'Forward schedule',
  blocks: [
    notRecordedBlock('Freezes', 'FreezeDeclared, FreezeLifted'),
    notRecordedBlock('Change windows, planned changes and their conflicts', 'change windows in policies'),
  ],
});
