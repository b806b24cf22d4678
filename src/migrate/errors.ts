/**
 * `nothing-to-move`: the ledger is empty. `occupied`: at the target is a ledger that is not a beginning of this one.
 * `not-moved`: there is nothing to compare.
 */
export type MigrationErrorCode = 'nothing-to-move' | 'occupied' | 'not-moved';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  constructor(
    readonly code: MigrationErrorCode,
    message: string,
  ) {
    super(message);
  }
}
