import type { ProblemCode } from '../../problems/tables.js';
import type { OidcFailure } from './errors.js';

/** As what a token that lets nobody in is answered. */
export const OIDC_PROBLEMS = {
  malformed: 'unauthenticated',
  'algorithm-not-allowed': 'unauthenticated',
  'issuer-unknown': 'unauthenticated',
  'claim-invalid': 'unauthenticated',
  expired: 'unauthenticated',
  'not-yet-valid': 'unauthenticated',
  'lifetime-too-long': 'unauthenticated',
  'key-unknown': 'unauthenticated',
  // The token may be a good one: a CI gives up on a 401.
  'keys-unavailable': 'unavailable',
  'signature-invalid': 'unauthenticated',
  'audience-wrong': 'unauthenticated',
  'nobody-fits': 'unauthenticated',
  'several-fit': 'invalid-request',
} as const satisfies Record<OidcFailure, ProblemCode>;
