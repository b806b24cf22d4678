import { Entity, Index } from 'typeorm';
import { KeyPosition, KeyText, Text } from '../columns.js';

export const HANDOUT_KINDS = ['report', 'export', 'sample'] as const;
export type HandoutKind = (typeof HANDOUT_KINDS)[number];

/** What was handed out of the ledger: a report, an export or a sample, with what makes it again. */
@Entity({ name: 'handouts', withoutRowid: true })
@Index('handouts_by_event', ['eventId'], { unique: true })
@Index('handouts_by_kind', ['kind', 'position'])
@Index('handouts_by_actor', ['actor', 'position'])
export class Handout {
  @KeyPosition() position: number;
  @Text() eventId: string;
  @Text() kind: HandoutKind;
  @Text() actor: string;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
  /** The event's data, as JSON. */
  @Text() facts: string;
}

/** Each file of a handout by its SHA-256, to tell what a file in hand is. */
@Entity({ name: 'handout_digests', withoutRowid: true })
export class HandoutDigest {
  @KeyText() digest: string;
  @KeyPosition() position: number;
}
