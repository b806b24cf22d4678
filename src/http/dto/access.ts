import { ROLES, type Role } from '../../domain/access/events.js';
import { Name, OneOf, Time } from '../input/fields.js';
import { ExplainedDto } from './common.js';

export class IssueTokenDto extends ExplainedDto {
  @Name('subject', { description: 'Pseudonym of whom it is for: this is what the ledger shows. No names of people.' })
  subject: string;

  @OneOf(ROLES, { description: 'What it may do.' })
  role: Role;

  @Name('pipeline', {
    optional: true,
    description: 'The pipeline that it speaks for; with the role pipeline, and only then.',
  })
  pipeline?: string;

  @Time({ optional: true, description: 'From when it is worth nothing. Left out, it is good until it is revoked.' })
  expiresAt?: string;
}
