import { Entity, Index } from 'typeorm';
import { KeyPosition, OptionalText, Position, Text } from '../columns.js';

/** Where an event is and what it is about; what it says is in the event store. */
@Entity({ name: 'events_index', withoutRowid: true })
@Index('events_by_type', ['type', 'position'])
@Index('events_by_environment', ['environment', 'position'], { where: '"environment" IS NOT NULL' })
@Index('events_by_digest', ['digest', 'position'], { where: '"digest" IS NOT NULL' })
@Index('events_by_change', ['changeId', 'position'], { where: '"change_id" IS NOT NULL' })
@Index('events_by_actor', ['actor', 'position'])
@Index('events_by_recording', ['recordedAt', 'position'])
export class EventIndex {
  @KeyPosition() position: number;
  @Text() id: string;
  @Text() stream: string;
  @Position() revision: number;
  @Text() type: string;
  @OptionalText() environment: string | null;
  @OptionalText() service: string | null;
  @OptionalText() digest: string | null;
  @OptionalText() changeId: string | null;
  @Text() actor: string;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
}
