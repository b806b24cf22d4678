export interface SigstoreInstance {
  /** `trusted_root.json` of it. */
  readonly trustedRoot: string;
  /** A bundle (v0.3) of a statement, signed by who has a token of `issuer` that names them `san`. */
  sign(
    statement: object,
    identity: { readonly san: string; readonly issuer: string },
  ): Promise<{
    readonly mediaType: string;
    readonly verificationMaterial: { readonly certificate: { readonly rawBytes: string } };
    readonly dsseEnvelope: object;
  }>;
}

export function startSigstoreInstance(): Promise<SigstoreInstance>;
