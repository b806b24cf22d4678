import { Name, Text, Time, Uri } from '../input/fields.js';

/** What every write takes. */
export class WriteDto {
  @Time({
    optional: true,
    description:
      'When it happened by the caller’s clock, at most five minutes ahead. Left out, the ledger’s clock is taken.',
  })
  occurredAt?: string;
}

/** A write for which a reason can be given. Reasons are remarks: they can be erased later, leaving their hash. */
export class ExplainedDto extends WriteDto {
  @Text(2_000, { optional: true, description: 'Why, in words. No names of people.' })
  reason?: string;
}

export class EvidenceDto {
  @Uri({ description: 'Where the evidence is.' })
  uri: string;

  @Name('digest', {
    optional: true,
    description: 'Digest of what is there, so that it can be told later whether it is the same.',
  })
  digest?: string;
}
