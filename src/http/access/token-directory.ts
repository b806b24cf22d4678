import { hash, randomBytes } from 'node:crypto';
import type { AccessEvent, TokenGrant, TokenRevoked } from '../../domain/access/events.js';
import type { EventReader } from '../../event-store/port.js';
import { everyEvent } from './every-event.js';

/** A grant with when it was issued. */
export interface KnownToken extends TokenGrant {
  readonly issuedAt: string;
}

/**
 * The tokens that are valid, in memory, by their hash. The ledger's access streams are the truth: they are read at
 * start, and what this process issues or revokes is taken over at once.
 */
export class TokenDirectory {
  private readonly byHash = new Map<string, KnownToken>();
  private readonly byId = new Map<string, KnownToken>();
  /** Token id → subject, of the revoked ones too, so that a repeated revocation finds its answer. */
  private readonly subjects = new Map<string, string>();

  static async load(events: EventReader): Promise<TokenDirectory> {
    const directory = new TokenDirectory();
    await directory.read(events);
    return directory;
  }

  /** Takes over all that the ledger says. What is known already stays as it is. */
  async read(events: Pick<EventReader, 'readCategory'>): Promise<void> {
    for await (const { type, data, recordedAt } of everyEvent(events, 'access-')) {
      this.apply({ type, data: JSON.parse(data) as unknown } as Pick<AccessEvent, 'type' | 'data'>, recordedAt);
    }
  }

  apply(event: Pick<AccessEvent, 'type' | 'data'>, recordedAt: string): void {
    if (event.type === 'TokenIssued.v1') {
      // Told of twice, here and by the ledger: a token that was revoked meanwhile does not come back.
      if (this.subjects.has((event.data as TokenGrant).id)) return;
      const token = { ...(event.data as TokenGrant), issuedAt: recordedAt };
      this.byHash.set(token.hash, token);
      this.byId.set(token.id, token);
      this.subjects.set(token.id, token.subject);
    } else if (event.type === 'TokenRevoked.v1') {
      const token = this.byId.get((event.data as TokenRevoked['data']).id);
      if (!token) return;
      this.byId.delete(token.id);
      this.byHash.delete(token.hash);
    }
  }

  /** The grant of a token that is known, not revoked and not expired. */
  find(token: string, nowMs: number): KnownToken | undefined {
    const known = this.byHash.get(hashOf(token));
    return known && !isExpired(known, nowMs) ? known : undefined;
  }

  /** Whose token this is or was. */
  subjectOf(id: string): string | undefined {
    return this.subjects.get(id);
  }

  /** Every token that was not revoked, the expired ones included, oldest first. */
  list(): KnownToken[] {
    return [...this.byId.values()];
  }

  /** Whether this subject was ever given a token. */
  knows(subject: string): boolean {
    return [...this.subjects.values()].includes(subject);
  }
}

/** SHA-256 in hex: all that is kept of a token. Tokens are random and long, so there is nothing to slow down for. */
export const hashOf = (token: string): string => hash('sha256', token, 'hex');

const PREFIX = 'cairn_';

export const newToken = (): string => `${PREFIX}${randomBytes(32).toString('base64url')}`;

/** A token as text from 32 bytes that were worked out. */
export const tokenFrom = (bytes: Buffer): string => `${PREFIX}${bytes.toString('base64url')}`;

export const isExpired = ({ expiresAt }: TokenGrant, nowMs: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;
