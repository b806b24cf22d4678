import { FirstViews1790000000000 } from './1790000000000-first-views.js';
import { Reporting1795000000000 } from './1795000000000-reporting.js';
import { Proofs1800000000000 } from './1800000000000-proofs.js';
import { Registrations1805000000000 } from './1805000000000-registrations.js';
import { SignedEvidence1806000000000 } from './1806000000000-signed-evidence.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [
  FirstViews1790000000000,
  Reporting1795000000000,
  Proofs1800000000000,
  Registrations1805000000000,
  SignedEvidence1806000000000,
];
