import { ATTESTATION_RESULTS, type AttestationResult } from '../../domain/artifact/events.js';
import { CHANGE_TYPES, STRATEGIES, type ChangeType, type Strategy } from '../../domain/environment/policy.js';
import { Name, Nested, OneOf, Text, Whole } from '../input/fields.js';
import { EvidenceDto, ExplainedDto, WriteDto } from './common.js';

const REVISIONS = { min: 0, max: Number.MAX_SAFE_INTEGER };
const BASED_ON = 'The known-good revision that the caller has in view; when it has moved on, the change is refused.';

export class ChangeDto {
  @OneOf(CHANGE_TYPES, { description: 'What kind of change it is.' })
  type: ChangeType;

  @Text(2_000, { description: 'Why. No names of people.' })
  reason: string;

  @Text(200, { optional: true, description: 'Where it was asked for.' })
  ticket?: string;
}

/** An open change, as the paths of its routes name it. */
export class OpenChangePath {
  @Name('environment', { description: 'The environment.' })
  environment: string;

  @Name('uuid', { description: 'The change, from the answer to the promotion.' })
  changeId: string;
}

export class PromoteDto extends WriteDto {
  @Name('digest', { description: 'What is promoted.' })
  digest: string;

  @Name('service', { optional: true, description: 'The name under which it runs; left out, the artifact’s component.' })
  service?: string;

  @OneOf(STRATEGIES, {
    description: 'blue-green: a candidate first, then validation and switch. all-at-once: one switch.',
  })
  strategy: Strategy;

  @Nested(() => ChangeDto, { description: 'What the change is for.' })
  change: ChangeDto;

  @Whole(REVISIONS, { optional: true, description: BASED_ON })
  basedOn?: number;
}

export class ValidateDto extends ExplainedDto {
  @OneOf(ATTESTATION_RESULTS, { description: 'Whether the candidate passed.' })
  result: AttestationResult;

  @Nested(() => EvidenceDto, { optional: true, description: 'What shows it.' })
  evidence?: EvidenceDto;
}

export class SwitchDto extends ExplainedDto {
  @Whole(REVISIONS, { optional: true, description: BASED_ON })
  basedOn?: number;
}

export class AbandonDto extends ExplainedDto {}

export class RollBackDto extends WriteDto {
  @Name('service', { description: 'The service that goes back.' })
  service: string;

  @Name('digest', { optional: true, description: 'Where it goes back to; left out, the last known-good one.' })
  digest?: string;

  @Text(2_000, { description: 'Why.' })
  reason: string;
}

export class RetireDto extends WriteDto {
  @Name('service', { description: 'The service, or whose deprecated artifact it is.' })
  service: string;

  @Name('digest', { optional: true, description: 'What is recycled; left out, the whole service.' })
  digest?: string;

  @Text(2_000, { description: 'Why.' })
  reason: string;
}
