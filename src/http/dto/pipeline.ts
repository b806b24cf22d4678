import { Foreign, Name, Names, Nested, Text, Time, Uri } from '../input/fields.js';
import { ExplainedDto, WriteDto } from './common.js';

const PUBLIC_KEY = 'Public key that it signs with, as PEM: Ed25519, or ECDSA on P-256, P-384 or P-521.';
const VALID_FROM = 'From when its signatures count; left out, at once.';
const VALID_UNTIL = 'Until when; left out, until it is revoked.';
const GLOBS = { min: 0, max: 200 };

export class IdentityDto {
  @Text(500, {
    description: 'The name in its certificates, such as the address of a workflow; * stands for any run of characters.',
  })
  san: string;

  @Uri({ description: 'Issuer of the tokens that its certificates are given for.' })
  issuer: string;
}

export class OidcDto {
  @Uri({ description: 'Issuer of the tokens; the server has to trust it.' })
  issuer: string;

  @Foreign({
    description: 'Claims that a token must have, each by its name with a glob; * stands for any run of characters.',
  })
  claims: Record<string, unknown>;

  @Text(500, { optional: true, description: 'Audience that a token must name; left out, that of the server.' })
  audience?: string;
}

export class ChangePipelineDto extends ExplainedDto {
  @Text(200, { description: 'What people call it.' })
  name: string;

  @Names('glob', GLOBS, { description: 'Components that it may bake and attest; * stands for any run of characters.' })
  mayBake: string[];

  @Names('glob', GLOBS, {
    optional: true,
    description: 'Components that it may attest without baking them, as a scanner does.',
  })
  mayAttest?: string[];

  @Names('glob', GLOBS, { description: 'Where it may change what runs: environment, or environment:service.' })
  mayPromoteTo: string[];

  @Nested(() => IdentityDto, {
    optional: true,
    list: { max: 20 },
    description: 'Whose certificates prove that this pipeline built something.',
  })
  identities?: IdentityDto[];

  @Nested(() => OidcDto, {
    optional: true,
    description: 'Which tokens of its CI this pipeline may come in with, in the place of one of Cairn.',
  })
  oidc?: OidcDto;
}

export class KeyDto {
  @Text(2_000, { description: PUBLIC_KEY })
  publicKey: string;

  @Time({ optional: true, description: VALID_FROM })
  validFrom?: string;

  @Time({ optional: true, description: VALID_UNTIL })
  validUntil?: string;
}

export class RegisterPipelineDto extends ChangePipelineDto {
  @Name('pipeline', { description: 'Its id.' })
  id: string;

  @Nested(() => KeyDto, {
    optional: true,
    list: { max: 20 },
    description: 'Keys that it signs with from the beginning; later ones are added one by one.',
  })
  keys?: KeyDto[];
}

export class AddKeyDto extends ExplainedDto {
  @Text(2_000, { description: PUBLIC_KEY })
  publicKey: string;

  @Time({ optional: true, description: VALID_FROM })
  validFrom?: string;

  @Time({ optional: true, description: VALID_UNTIL })
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
