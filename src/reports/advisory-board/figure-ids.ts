import { METRIC_IDS } from './definitions.js';

/** Lists of the report that are no metrics: where the rows are that a table has no room for. */
export const LIST_IDS = ['completed-changes', 'troubled-changes', 'back-dated', 'never-promoted'] as const;

/** Whatever has events behind it. */
export const FIGURE_IDS = [...METRIC_IDS, ...LIST_IDS] as const;
export type FigureId = (typeof FIGURE_IDS)[number];

export const FIGURE_PARTS = ['counted', 'left-out'] as const;
export type FigurePart = (typeof FIGURE_PARTS)[number];
