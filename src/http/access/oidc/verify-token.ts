import { compactVerify, errors, type LocalJWKSet } from 'jose';
import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import type { Log } from '../../problems/to-problem.js';
import { OidcError, shown } from './errors.js';
import { IssuerKeys, type KeyTimes } from './issuer-keys.js';
import { ALGORITHMS, readToken, textOf, type Claims, type UncheckedToken } from './read-token.js';

/** Clocks differ by so much: of what a token says of its beginning, not of its end. */
const TOLERANCE_S = 30;
/** A token that is good for longer is no short-lived one. */
const LIFETIME_S_MAX = 24 * 3_600;

const CACHED_MAX = 10_000;
const CACHED_CHARACTERS_MAX = 32 * 1024 * 1024;
const ID_CHARACTERS = 32;

/** A token that its issuer has signed, and that counts now. Whom it lets in is not said yet. */
export interface VerifiedToken {
  /** The beginning of its SHA-256, in hex. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
}

interface Verified extends VerifiedToken {
  /** Those that it was verified by. Once they are others, it is verified again. */
  readonly keys: LocalJWKSet;
}

/** Asked only where it matters: whoever waits for an issuer takes the place of somebody else. */
export type MayAsk = () => Promise<boolean>;

const always: MayAsk = () => Promise.resolve(true);

interface Signed {
  readonly unchecked: UncheckedToken;
  readonly issuer: IssuerKeys;
  readonly mayAsk: MayAsk;
}

/** Verifies the tokens of trusted issuers, each once while its keys stay the same. */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, IssuerKeys>;
  private readonly verified = new LRUCache<string, Verified>({
    max: CACHED_MAX,
    maxSize: CACHED_CHARACTERS_MAX,
  });

  /** Begins to read the issuers' keys. */
  constructor(issuers: Iterable<string>, log: Log, times?: KeyTimes) {
    this.issuers = new Map([...new Set(issuers)].map((issuer) => [issuer, new IssuerKeys(issuer, log, times)]));
  }

  /**
   * @param mayAsk whether the issuer may be asked for a key that is not known
   * @throws OidcError, whatever is sent
   */
  async verify(token: string, mayAsk: MayAsk = always): Promise<VerifiedToken> {
    const digest = hash('sha256', token, 'hex');
    const cached = this.verified.get(digest);
    if (cached && cached.keys === this.issuers.get(cached.issuer)?.current()) {
      checkTimes(cached.claims);
      return cached;
    }
    const unchecked = readToken(token);
    const issuer = this.issuers.get(unchecked.issuer);
    if (!issuer) throw new OidcError('issuer-unknown', `${shown(unchecked.issuer)} is no issuer that is trusted here.`);
    checkTimes(unchecked.claims);
    const subject = textOf(unchecked.claims, 'sub');
    const keys = await this.signed(token, { unchecked, issuer, mayAsk });
    const id = digest.slice(0, ID_CHARACTERS);
    const verified = { id, issuer: unchecked.issuer, subject, claims: unchecked.claims, keys };
    this.verified.set(digest, verified, { size: token.length });
    return verified;
  }

  close(): void {
    for (const issuer of this.issuers.values()) issuer.close();
  }

  /** The keys that it is signed by one of. Where none of those that are known fits, the issuer is asked once. */
  private async signed(token: string, { unchecked, issuer, mayAsk }: Signed): Promise<LocalJWKSet> {
    const known = issuer.current();
    if (known && (await isSigned(token, known, unchecked.keyId))) return known;
    if (!(await mayAsk())) {
      throw new OidcError(
        'key-unknown',
        `The key of the token is not known, and ${issuer.issuer} is not asked for it now.`,
      );
    }
    const isTold = await issuer.look();
    const now = issuer.current();
    if (now && now !== known && (await isSigned(token, now, unchecked.keyId))) return now;
    if (!isTold) {
      throw new OidcError(
        'keys-unavailable',
        `The key of the token is not known, and ${issuer.issuer} does not answer.`,
      );
    }
    throw new OidcError('key-unknown', `The token is signed by a key that ${issuer.issuer} does not have.`);
  }
}

/**
 * Whether one of the keys has signed it; false where none of them fits, so that there may be a newer one.
 *
 * @throws OidcError `signature-invalid` where the key that it names has not
 */
async function isSigned(token: string, keys: LocalJWKSet, keyId: string | undefined): Promise<boolean> {
  try {
    await compactVerify(token, keys, { algorithms: ALGORITHMS });
    return true;
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return false;
    // Without a name it may be by the key that came after.
    if (error instanceof errors.JWSSignatureVerificationFailed && keyId === undefined) return false;
    if (error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new OidcError('key-unknown', 'The token does not say which of its issuer’s keys it is signed by.');
    }
    throw new OidcError('signature-invalid', 'The signature of the token is not by the key that it names.', {
      cause: error,
    });
  }
}

/** @throws OidcError `claim-invalid`, `lifetime-too-long`, `expired` or `not-yet-valid` */
function checkTimes(claims: Claims): void {
  const [expires, issued] = [secondsOf(claims, 'exp'), secondsOf(claims, 'iat')];
  const begins = claims['nbf'] === undefined ? issued : secondsOf(claims, 'nbf');
  const now = Date.now() / 1_000;
  if (expires <= issued) throw new OidcError('claim-invalid', 'The token expires before it was issued.');
  if (expires - issued > LIFETIME_S_MAX) {
    throw new OidcError('lifetime-too-long', `The token is good for more than ${LIFETIME_S_MAX / 3_600} hours.`);
  }
  if (expires <= now) throw new OidcError('expired', `The token has expired at ${timeOf(expires)}.`);
  if (Math.max(begins, issued) > now + TOLERANCE_S) {
    throw new OidcError('not-yet-valid', `The token is good from ${timeOf(Math.max(begins, issued))} on only.`);
  }
}

/** Seconds that no calendar has are no time. */
const SECONDS_MAX = 1e11;

function secondsOf(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value === 'number' && value >= 0 && value <= SECONDS_MAX) return value;
  const what = value === undefined ? 'missing' : 'no time in seconds';
  throw new OidcError('claim-invalid', `The token's claim ${name} is ${what}.`);
}

const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();
