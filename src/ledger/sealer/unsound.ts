import { SealError } from '../seal-errors.js';

/** Of an event that must not come under a checkpoint. */
export const unsound = (position: number, problem: string, options?: ErrorOptions): SealError =>
  new SealError('unsound', `The event at position ${position} cannot be sealed: ${problem}`, options);
