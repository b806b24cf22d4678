import { Entity, Index } from 'typeorm';
import { KeyPosition, KeyText, OptionalText, Text } from '../columns.js';

export const EXCEPTION_KINDS = [
  'policy-loosened',
  'registration-widened',
  'suspension-lifted',
  'pipeline-token-issued',
  'refusals-counted',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** A fence that somebody loosened, or ran against so often that it was only counted: who, when, why. */
@Entity({ name: 'exceptions', withoutRowid: true })
@Index('exceptions_by_kind', ['kind', 'position'])
@Index('exceptions_by_environment', ['environment', 'position'], { where: '"environment" IS NOT NULL' })
@Index('exceptions_by_pipeline', ['pipeline', 'position'], { where: '"pipeline" IS NOT NULL' })
@Index('exceptions_by_actor', ['actor', 'position'])
@Index('exceptions_by_recording', ['recordedAt', 'position'])
@Index('exceptions_by_occurrence', ['occurredAt', 'position'])
export class FenceException {
  @KeyPosition() position: number;
  @Text() eventId: string;
  @Text() kind: ExceptionKind;
  @OptionalText() environment: string | null;
  @OptionalText() pipeline: string | null;
  /** Whose token it is; whose refusals were counted. */
  @OptionalText() subject: string | null;
  @Text() actor: string;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
  /** Why, in the words of who did it; null where nobody said. */
  @OptionalText() reason: string | null;
  /** What is looser than before, or was counted: a JSON array of lines. */
  @Text() details: string;
}

/** A fence as it stands, to compare the next one with: a policy, or a pipeline's registration, as JSON. */
@Entity({ name: 'exception_fences', withoutRowid: true })
export class Fence {
  @KeyText() kind: 'policy' | 'registration';
  @KeyText() name: string;
  @Text() terms: string;
}
