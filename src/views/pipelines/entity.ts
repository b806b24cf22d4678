import { Entity } from 'typeorm';
import { KeyPosition, KeyText, OptionalText, Text } from '../columns.js';

/** A pipeline's registration from a position on, until its next row. */
@Entity({ name: 'pipeline_registrations', withoutRowid: true })
export class PipelineRegistrationRow {
  @KeyText() id: string;
  @KeyPosition() position: number;
  @Text() name: string;
  /** JSON array. */
  @Text() mayBake: string;
  /** JSON array; null where it may attest what it may bake and nothing else. */
  @OptionalText() mayAttest: string | null;
  /** JSON array. */
  @Text() mayPromoteTo: string;
  /** JSON array. */
  @Text() identities: string;
  /** JSON; null where its tokens are all of Cairn. */
  @OptionalText() oidc: string | null;
  /** JSON array of the keys that were not revoked. */
  @Text() pipelineKeys: string;
  @Text() status: 'active' | 'suspended';
  /** When it took on this status. */
  @Text() since: string;
}
