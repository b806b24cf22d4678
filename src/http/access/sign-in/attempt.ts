import { hkdfSync, randomBytes } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';

/** What a browser keeps from the way to the issuer until the way back. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where it wanted to go. */
  readonly to: string;
}

/** How long a person may take at the issuer. */
export const ATTEMPT_SECONDS = 600;

const KEY_BYTES = 32;
const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Seals attempts, so that a browser can keep what it must not read or choose: nothing is kept here of people who begin
 * and never come back.
 */
export class AttemptSeal {
  private readonly key: Uint8Array;

  /**
   * @param secret what all servers of the ledger know and nobody else; without one only this process opens what it
   *   sealed, and a person must come back to it
   */
  constructor(secret: string | undefined) {
    this.key =
      secret === undefined
        ? randomBytes(KEY_BYTES)
        : new Uint8Array(hkdfSync('sha256', secret, '', 'cairn sign-in attempt', KEY_BYTES));
  }

  seal(attempt: Attempt, now = new Date()): Promise<string> {
    return new EncryptJWT({ ...attempt })
      .setProtectedHeader(ENCRYPTION)
      .setExpirationTime(Math.floor(now.getTime() / 1_000) + ATTEMPT_SECONDS)
      .encrypt(this.key);
  }

  /** Undefined for what was not sealed here, or too long ago. */
  async open(sealed: string, now = new Date()): Promise<Attempt | undefined> {
    try {
      const algorithms = { keyManagementAlgorithms: [ENCRYPTION.alg], contentEncryptionAlgorithms: [ENCRYPTION.enc] };
      const { payload } = await jwtDecrypt<Attempt>(sealed, this.key, { ...algorithms, currentDate: now });
      const { state, nonce, verifier, to } = payload;
      return { state, nonce, verifier, to };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
