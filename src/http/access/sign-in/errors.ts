/** Why somebody could not sign in. */
export type SignInErrorCode =
  /** It was not begun in this browser, too long ago, or is over already. */
  | 'not-begun'
  /** The issuer did not let them in. */
  | 'turned-away'
  /** What the issuer gave does not hold. */
  | 'answer-invalid'
  /** The issuer gave a token that no cookie can hold. */
  | 'too-large'
  /** The issuer does not answer. */
  | 'unavailable';

/** What stops a sign-in. Its message is for the caller: nothing that is secret is in it, nor in its cause. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  constructor(
    readonly code: SignInErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
