import { FirstViews1790000000000 } from './1790000000000-first-views.js';
import { Reporting1795000000000 } from './1795000000000-reporting.js';
import { Proofs1800000000000 } from './1800000000000-proofs.js';
import { Oidc1805000000000 } from './1805000000000-oidc.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [FirstViews1790000000000, Reporting1795000000000, Proofs1800000000000, Oidc1805000000000];
