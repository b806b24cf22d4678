/**
 * Why a ledger cannot be sealed, or what is sealed not be shown.
 *
 * - `in-use`: another process seals in this folder
 * - `unavailable`: a file cannot be read or written now
 * - `corrupt`: the file of seals is damaged, or something else
 * - `tree-damaged`: that of the tree is, which can be made anew
 * - `diverged`: the ledger or its tree is not what was signed
 * - `unsound`: an event that cannot be a leaf, or not in this place
 * - `superseded`: somebody else has signed meanwhile
 * - `key-elsewhere`: another server has the key that signs
 * - `seals-missing`, `key-missing`, `key-exposed`, `key-unusable`, `key-differs`, `origin-differs`: whoever runs the
 *   server must say what is meant, as each could be the beginning of a second log under the same name
 */
export type SealErrorCode =
  | 'in-use'
  | 'unavailable'
  | 'corrupt'
  | 'tree-damaged'
  | 'diverged'
  | 'unsound'
  | 'superseded'
  | 'key-elsewhere'
  | 'seals-missing'
  | 'key-missing'
  | 'key-exposed'
  | 'key-unusable'
  | 'key-differs'
  | 'origin-differs';

export class SealError extends Error {
  override readonly name = 'SealError';
  constructor(
    readonly code: SealErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
