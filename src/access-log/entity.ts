import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { KeyText, OptionalText, Text } from '../views/columns.js';

const Whole = () => Column({ type: 'integer' });
const OptionalWhole = () => Column({ type: 'integer', nullable: true });

/**
 * One request that was answered: who asked for what, when, and what came of it. Every index ends in the sequence, which
 * is the row's number in SQLite, so that each filter also gives the order.
 */
@Entity('access_entries')
@Index('access_entries_by_time', ['at'])
@Index('access_entries_by_subject', ['subject'])
@Index('access_entries_by_role', ['role'])
@Index('access_entries_by_method', ['method'])
@Index('access_entries_by_route', ['route'])
@Index('access_entries_by_path', ['path'])
@Index('access_entries_by_status', ['status'])
export class AccessEntry {
  /** Grows with every entry and is never given twice. */
  @PrimaryGeneratedColumn({ type: 'integer' }) sequence: number;
  /** When the answer had been sent. It never goes back along the sequence. */
  @Text() at: string;
  /** Whose token it was; null where there was none, or a wrong one. */
  @OptionalText() subject: string | null;
  @OptionalText() role: string | null;
  @OptionalText() tokenId: string | null;
  @OptionalText() pipeline: string | null;
  @Text() method: string;
  /** The route's template; null where the request did not come as far as a route. */
  @OptionalText() route: string | null;
  /** The path with its query, without what may be a token, and cut off where it is too long. */
  @Text() path: string;
  @Whole() status: number;
  /** The ledger's position that the answer was given at. */
  @OptionalWhole() position: number | null;
  /** The length of the answer's body. */
  @OptionalWhole() bytes: number | null;
  @Whole() durationMs: number;
  @OptionalText() userAgent: string | null;
  @OptionalText() remoteAddress: string | null;
}

/** An entry as it is handed in: the log itself gives it its time and its place. */
export type Access = Omit<AccessEntry, 'sequence' | 'at'>;

export type TimedAccess = Omit<AccessEntry, 'sequence'>;

/** When a token was used last, to the minute at least: a row a token. */
@Entity({ name: 'token_uses', withoutRowid: true })
export class TokenUseRow {
  @KeyText() tokenId: string;
  /** Milliseconds since 1970. */
  @Whole() usedAtMs: number;
}
