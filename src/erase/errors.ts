/**
 * `unknown-event`: no event has this id. `records-an-erasure`: the event says why another one was erased, which stays.
 * `leaf-would-change`: what would be left does not hash to the leaf that the tree has.
 */
export type ErasureErrorCode = 'unknown-event' | 'records-an-erasure' | 'leaf-would-change';

export class ErasureError extends Error {
  override readonly name = 'ErasureError';
  constructor(
    readonly code: ErasureErrorCode,
    message: string,
  ) {
    super(message);
  }
}
