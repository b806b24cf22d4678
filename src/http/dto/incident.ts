import { INCIDENT_SEVERITIES, type IncidentSeverity } from '../../domain/incident/events.js';
import { Name, OneOf, Text, Time } from '../input/fields.js';
import { ExplainedDto } from './common.js';

export class ReportIncidentDto extends ExplainedDto {
  @Name('pipeline', { optional: true, description: 'Its id in the system that it comes from. Left out, one is made.' })
  id?: string;

  @Name('uuid', { optional: true, description: 'The change that caused it, where that is known.' })
  change?: string;

  @OneOf(INCIDENT_SEVERITIES, { description: 'From P1, down for everybody, to P4, a nuisance.' })
  severity: IncidentSeverity;

  @Time({ description: 'When it began.' })
  startedAt: string;

  @Name('environment', { optional: true, description: 'Where it is; the blamed change’s, where one is named.' })
  environment?: string;

  @Name('service', { optional: true, description: 'What it hit; the blamed change’s, where one is named.' })
  service?: string;

  @Text(200, { optional: true, description: 'Ticket.' })
  ticket?: string;
}

export class ResolveIncidentDto extends ExplainedDto {
  @Time({ optional: true, description: 'When the service worked again. Left out, when this is told.' })
  resolvedAt?: string;

  @Name('uuid', {
    optional: true,
    description: 'The change that caused it, as is known now; it stands in place of the one blamed first.',
  })
  change?: string;

  @Name('uuid', { optional: true, description: 'The change that mended it.' })
  mendedBy?: string;

  @Text(200, { optional: true, description: 'Ticket.' })
  ticket?: string;
}
