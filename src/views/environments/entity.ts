import { Entity } from 'typeorm';
import { KeyPosition, KeyText, OptionalText, Position, Text } from '../columns.js';

@Entity({ name: 'environments', withoutRowid: true })
export class Environment {
  @KeyText() name: string;
  @Position() position: number;
  @Text() tier: string;
  @OptionalText() promotesFrom: string | null;
  @Text() definedAt: string;
  @Text() firstOccurredAt: string;
}

/** The policy of an environment from a position on, until its next row. */
@Entity({ name: 'environment_policies', withoutRowid: true })
export class EnvironmentPolicy {
  @KeyText() environment: string;
  @KeyPosition() position: number;
  @Position() revision: number;
  /** JSON. */
  @Text() policy: string;
  @Text() recordedAt: string;
  @Text() occurredAt: string;
  @Text() actor: string;
  @OptionalText() reason: string | null;
}
