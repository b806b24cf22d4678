import { Entity, Index } from 'typeorm';
import { KeyText, OptionalPosition, OptionalText, Position, Text } from '../columns.js';

/** An incident, from its report to its resolution. What was said at its resolution counts from that position on. */
@Entity({ name: 'incidents', withoutRowid: true })
@Index('incidents_by_position', ['firstPosition'])
@Index('incidents_by_change', ['changeId'], { where: '"change_id" IS NOT NULL' })
@Index('incidents_by_final_change', ['finalChangeId'], { where: '"final_change_id" IS NOT NULL' })
@Index('incidents_by_ticket', ['ticket', 'firstPosition'], { where: '"ticket" IS NOT NULL' })
@Index('incidents_by_mending', ['mendedBy'], { where: '"mended_by" IS NOT NULL' })
export class Incident {
  @KeyText() id: string;
  @Position() firstPosition: number;
  @Text() eventId: string;
  @Text() severity: string;
  @OptionalText() environment: string | null;
  @OptionalText() service: string | null;
  @Text() startedAt: string;
  @Text() reportedAt: string;
  @Text() reportedOccurredAt: string;
  @Text() actor: string;
  /** The change that was blamed when it was reported. */
  @OptionalText() changeId: string | null;
  @OptionalText() ticket: string | null;
  @OptionalText() note: string | null;
  @OptionalPosition() resolvedPosition: number | null;
  /** When the service worked again. */
  @OptionalText() resolvedAt: string | null;
  @OptionalText() resolvedBy: string | null;
  @OptionalText() resolution: string | null;
  /** The change that is blamed since its resolution: the first one, unless another was named then. */
  @OptionalText() finalChangeId: string | null;
  /** The change that mended it. */
  @OptionalText() mendedBy: string | null;
}
