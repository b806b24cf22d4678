import { FirstViews1790000000000 } from './1790000000000-first-views.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [FirstViews1790000000000];
