import { Entity, Index } from 'typeorm';
import { KeyPosition, OptionalPosition, OptionalText, Position, Text } from '../columns.js';

export const CHANGE_KINDS = ['promotion', 'rollback', 'retirement', 'bake', 'attestation', 'other'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export type FinalOutcome = 'succeeded' | 'failed' | 'abandoned' | 'refused';

export const CHANGE_EFFECTS = ['switched', 'none'] as const;
export type ChangeEffect = (typeof CHANGE_EFFECTS)[number];

export const BLOCK_POSITIONS = 4_096;

/**
 * One row a change, refusals included. What happens to a change later is kept with the position at which it happened,
 * so that the row as of any position can be told from it.
 */
@Entity({ name: 'changes', withoutRowid: true })
@Index('changes_by_id', ['changeId'], { unique: true })
@Index('changes_by_environment', ['environment', 'firstPosition'])
@Index('changes_by_service', ['service', 'firstPosition'])
@Index('changes_by_component', ['component', 'firstPosition'])
@Index('changes_by_digest', ['digest', 'firstPosition'])
@Index('changes_by_actor', ['actor', 'firstPosition'])
@Index('changes_by_layer', ['layer', 'firstPosition'], { where: '"layer" IS NOT NULL' })
@Index('changes_by_pipeline', ['pipeline', 'firstPosition'], { where: '"pipeline" IS NOT NULL' })
@Index('changes_by_type', ['type', 'firstPosition'], { where: '"type" IS NOT NULL' })
@Index('changes_by_kind', ['kind', 'firstPosition'])
@Index('changes_by_ticket', ['ticket', 'firstPosition'], { where: '"ticket" IS NOT NULL' })
@Index('changes_by_final_outcome', ['finalOutcome', 'firstPosition'])
@Index('changes_by_effect', ['effect', 'firstPosition'], { where: '"effect" IS NOT NULL' })
@Index('changes_by_environment_outcome', ['environment', 'finalOutcome', 'firstPosition'])
@Index('changes_by_environment_service', ['environment', 'service', 'firstPosition'])
@Index('changes_by_environment_type', ['environment', 'type', 'firstPosition'])
@Index('changes_by_roll_back', ['firstPosition'], { where: '"rolled_back_position" IS NOT NULL' })
@Index('changes_by_environment_roll_back', ['environment', 'firstPosition'], {
  where: '"rolled_back_position" IS NOT NULL',
})
@Index('changes_by_span', ['openBits', 'firstPosition'])
@Index('changes_by_block_start', ['block', 'startedOccurredAt'])
@Index('changes_by_block_finish', ['block', 'finishedOccurredAt'])
@Index('changes_by_finish', ['finishedAt', 'firstPosition'], { where: '"finished_at" IS NOT NULL' })
@Index('changes_by_finish_occurrence', ['finishedOccurredAt', 'firstPosition'], {
  where: '"finished_occurred_at" IS NOT NULL',
})
@Index('changes_by_environment_finish', ['environment', 'finishedOccurredAt', 'firstPosition'])
@Index('changes_by_reason', ['reason', 'firstPosition'], { where: '"reason" IS NOT NULL' })
@Index('changes_by_recording', ['startedAt', 'firstPosition'])
export class Change {
  @KeyPosition() firstPosition: number;
  /** Which block of {@link BLOCK_POSITIONS} it began in: tells where in history a window by another clock lies. */
  @Position() block: number;
  @Text() changeId: string;
  @Text() kind: ChangeKind;
  @OptionalText() environment: string | null;
  @OptionalText() service: string | null;
  @OptionalText() component: string | null;
  @OptionalText() layer: string | null;
  @OptionalText() digest: string | null;
  @OptionalText() version: string | null;
  @OptionalText() replaced: string | null;
  @OptionalText() type: string | null;
  @OptionalText() strategy: string | null;
  @OptionalText() reason: string | null;
  @Text() actor: string;
  @OptionalText() pipeline: string | null;
  /** How its first event came: `api` or `import`. */
  @Text() channel: string;
  @Text() startedAt: string;
  @Text() startedOccurredAt: string;
  /** When the candidate passed. */
  @OptionalPosition() validatedPosition: number | null;
  @OptionalPosition() finishedPosition: number | null;
  /**
   * Binary digits of the number of positions that it was open for, 0 when its first event was its last; null while it
   * is open. One of n digits that was open at a position began less than 2^n before it.
   */
  @OptionalPosition() openBits: number | null;
  @OptionalText() finishedAt: string | null;
  @OptionalText() finishedOccurredAt: string | null;
  @OptionalText() finalOutcome: FinalOutcome | null;
  /** Whether traffic moved when it ended: promoting what is live already is accepted and changes nothing. */
  @OptionalText() effect: ChangeEffect | null;
  @OptionalPosition() rolledBackPosition: number | null;
  @OptionalText() rolledBackOccurredAt: string | null;
  /** The roll-back that ended it. */
  @OptionalText() rolledBackBy: string | null;
  @OptionalText() ticket: string | null;
  @OptionalText() note: string | null;
  @OptionalText() detail: string | null;
  /** The change that a refused validation, switch or abandonment was about. */
  @OptionalText() about: string | null;
}
