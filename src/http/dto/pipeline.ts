import { Name, Names, Nested, Text, Time, Uri } from '../input/fields.js';
import { ExplainedDto, WriteDto } from './common.js';

const GLOBS = { min: 0, max: 200 };

export class IdentityDto {
  @Text(500, {
    description: 'The name in its certificates, such as the address of a workflow; * stands for any run of characters.',
  })
  san: string;

  @Uri({ description: 'Issuer of the tokens that its certificates are given for.' })
  issuer: string;
}

export class ChangePipelineDto extends ExplainedDto {
  @Text(200, { description: 'What people call it.' })
  name: string;

  @Names('glob', GLOBS, { description: 'Components that it may bake and attest; * stands for any run of characters.' })
  mayBake: string[];

  @Names('glob', GLOBS, { description: 'Where it may change what runs: environment, or environment:service.' })
  mayPromoteTo: string[];

  @Nested(() => IdentityDto, {
    optional: true,
    list: { max: 20 },
    description: 'Whose certificates prove that this pipeline built something.',
  })
  identities?: IdentityDto[];
}

export class RegisterPipelineDto extends ChangePipelineDto {
  @Name('pipeline', { description: 'Its id.' })
  id: string;
}

export class AddKeyDto extends ExplainedDto {
  @Text(2_000, { description: 'Public key that it signs with, as PEM: Ed25519, or ECDSA on P-256, P-384 or P-521.' })
  publicKey: string;

  @Time({ optional: true, description: 'From when its signatures count; left out, at once.' })
  validFrom?: string;

  @Time({ optional: true, description: 'Until when; left out, until it is revoked.' })
  validUntil?: string;
}

export class RevokeKeyDto extends WriteDto {
  @Text(2_000, { description: 'Why. From here on its signatures do not count.' })
  reason: string;
}

export class SuspendPipelineDto extends WriteDto {
  @Text(2_000, { description: 'Why. From here on everything that it asks for is refused.' })
  reason: string;
}

export class ReinstatePipelineDto extends ExplainedDto {}

/** A key of a pipeline, as its path names it. */
export class KeyPath {
  @Name('pipeline', { description: 'The pipeline.' })
  id: string;

  @Name('keyId', { description: 'The key.' })
  keyId: string;
}
