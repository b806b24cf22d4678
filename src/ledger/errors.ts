/**
 * What is wrong with bytes that came from outside, or with what they claim. `malformed-…`: not what the specification
 * allows, whatever it says. The others are well-formed and not true, or not signed by anybody who is trusted.
 */
export type LedgerErrorCode =
  | 'malformed-note'
  | 'malformed-key'
  | 'malformed-checkpoint'
  | 'malformed-cosignature'
  | 'malformed-tile-path'
  | 'malformed-entries'
  | 'malformed-proof'
  | 'malformed-package'
  | 'malformed-request'
  /** A ZIP file that is not built, or not any more, as a package's has to be. */
  | 'damaged-package'
  /** A signature by a key that is trusted does not match: somebody changed the note. */
  | 'invalid-signature'
  /** No signature by a key that is trusted. */
  | 'unsigned'
  /** A proof does not lead to the root. */
  | 'proof-mismatch'
  /** What is stored is not what was sealed. */
  | 'altered';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  constructor(
    readonly code: LedgerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a parser makes of a part, whose error becomes the cause of the whole's. */
export function part<T>(parse: () => T, errorOf: (options: ErrorOptions) => LedgerError): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof LedgerError ? errorOf({ cause: error }) : error;
  }
}
