import { LedgerError, type LedgerErrorCode } from '../../../src/ledger/errors.js';

/** How a call is refused; undefined when it is not. Any error but the ledger's own is passed on. */
export function codeOf(call: () => unknown): LedgerErrorCode | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}
