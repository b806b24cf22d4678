import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { ReportIncidentDto, ResolveIncidentDto } from '../dto/incident.js';
import { notAhead } from '../input/request.js';
import { defined } from './defined.js';

export function toIncidentReport(id: string, dto: ReportIncidentDto): IncidentCommand {
  const { change, severity, environment, service, reason, ticket } = dto;
  return defined({
    kind: 'report-incident' as const,
    id,
    change,
    severity,
    startedAt: notAhead('startedAt', dto.startedAt),
    environment,
    service,
    remarks: defined({ reason, ticket }),
  });
}

export function toIncidentResolution(id: string, dto: ResolveIncidentDto): IncidentCommand {
  const { change, mendedBy, reason, ticket } = dto;
  const resolvedAt = dto.resolvedAt && notAhead('resolvedAt', dto.resolvedAt);
  return defined({
    kind: 'resolve-incident' as const,
    id,
    change,
    resolvedAt,
    mendedBy,
    remarks: defined({ reason, ticket }),
  });
}
