import { problem, type HttpProblem } from '../../problems/problem.js';
import type { ProblemCode } from '../../problems/tables.js';
import type { SignInError, SignInErrorCode } from './errors.js';
import { SIGN_IN_PATH } from './site.js';

const PROBLEM_OF = {
  'not-begun': 'unauthenticated',
  'turned-away': 'unauthenticated',
  'answer-invalid': 'unauthenticated',
  'too-large': 'unauthenticated',
  unavailable: 'unavailable',
} as const satisfies Record<SignInErrorCode, ProblemCode>;

/** What stopped a sign-in, for the browser that wanted it. */
export const signInProblem = (error: SignInError): HttpProblem =>
  problem(PROBLEM_OF[error.code], `${error.message}.`, { hint: `Begin again at ${SIGN_IN_PATH}.` }, { cause: error });
