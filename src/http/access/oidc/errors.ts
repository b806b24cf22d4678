/** Why a token that Cairn did not issue lets nobody in. */
export const OIDC_FAILURES = [
  /** It is no JWT, or one with parts that nobody needs. */
  'malformed',
  'algorithm-not-allowed',
  'issuer-unknown',
  /** A claim that is asked for is absent, or is not of its type. */
  'claim-invalid',
  'expired',
  'not-yet-valid',
  'lifetime-too-long',
  /** The issuer has no such key, and was asked. */
  'key-unknown',
  /** Its keys cannot be read at the moment, so nothing can be said of the token. */
  'keys-unavailable',
  'signature-invalid',
  'audience-wrong',
  /** It is a true token, and nobody is registered for it. */
  'nobody-fits',
  /** More than one is, and it does not say which it means. */
  'several-fit',
] as const;

export type OidcFailure = (typeof OIDC_FAILURES)[number];

/** The message is for whoever sent the token: what is wrong in plain words, and neither the token nor its signature. */
export class OidcError extends Error {
  override readonly name = 'OidcError';
  constructor(
    readonly code: OidcFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const SHOWN_CHARACTERS_MAX = 200;

/** A text of theirs, as far as it is repeated. */
export function shown(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, '\ufffd');
  return plain.length <= SHOWN_CHARACTERS_MAX ? plain : `${plain.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}
