import { Name, Names, Text } from '../input/fields.js';
import { ExplainedDto, WriteDto } from './common.js';

const GLOBS = { min: 0, max: 200 };

export class ChangePipelineDto extends ExplainedDto {
  @Text(200, { description: 'What people call it.' })
  name: string;

  @Names('glob', GLOBS, { description: 'Components that it may bake and attest; * stands for any run of characters.' })
  mayBake: string[];

  @Names('glob', GLOBS, { description: 'Where it may change what runs: environment, or environment:service.' })
  mayPromoteTo: string[];
}

export class RegisterPipelineDto extends ChangePipelineDto {
  @Name('pipeline', { description: 'Its id.' })
  id: string;
}

export class SuspendPipelineDto extends WriteDto {
  @Text(2_000, { description: 'Why. From here on everything that it asks for is refused.' })
  reason: string;
}

export class ReinstatePipelineDto extends ExplainedDto {}
