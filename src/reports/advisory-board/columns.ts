import type { Column } from '../document/document.js';

/** Columns that are not plain text, by their title; a title means the same in every table. */
export const COLUMN_TYPES: Readonly<Record<string, Column['type']>> = {
  Digest: 'digest',
  'Way back': 'digest',
  Revoked: 'digest',
  Ended: 'time',
  Began: 'time',
  Occurred: 'time',
  Recorded: 'time',
  Since: 'time',
  Baked: 'time',
  'Revoked at': 'time',
  Refused: 'number',
  'Age in days': 'number',
  Switches: 'number',
  Position: 'number',
};
