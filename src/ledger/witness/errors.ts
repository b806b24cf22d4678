/**
 * Why a witness has not cosigned a checkpoint. `tree-ahead` and `tree-forked` are not of the witness but of our log: it
 * was shown another tree of it than the one that is here.
 */
export type WitnessErrorCode =
  /** No connection, or one that broke off before the answer was whole. */
  | 'unreachable'
  | 'timed-out'
  | 'oversized-answer'
  /** Not what the specification lets it answer. */
  | 'malformed-answer'
  /** A status that the specification has no meaning for, redirects among them. */
  | 'unexpected-status'
  /** 400. */
  | 'refused-request'
  /** 404: it does not know the log's name. */
  | 'unknown-log'
  /** 403: it does not trust the key that signed. */
  | 'untrusted-key'
  /** 409, with a size that it does not hold to itself. */
  | 'conflict'
  /** Its line does not match the checkpoint, or was made at another time. */
  | 'invalid-cosignature'
  /** It has cosigned a larger tree of this log than there is. */
  | 'tree-ahead'
  /** 422, or 409 for the size that it has: what it has cosigned is not the beginning of this tree. */
  | 'tree-forked';

export class WitnessError extends Error {
  override readonly name = 'WitnessError';
  constructor(
    readonly code: WitnessErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
