import type { Block, Section } from '../../document/document.js';
import { formatNumber } from '../../document/format.js';
import { linked, notRecordedBlock, tableBlock, text } from '../blocks.js';
import { refusalsByReason } from '../charts.js';
import type { ChangeFact, IncidentFact } from '../facts.js';
import { changeLink, figureLink, incidentLink } from '../links.js';
import { countsByReason, wordsOf } from '../metric-block.js';
import { backDated, BACK_DATED_S } from '../metrics/back-dated.js';
import { formatDuration, secondsBetween } from '../numbers.js';
import { incidentsIn } from '../population.js';
import type { RevokedLive } from '../reading/stages.js';
import type { ReportData } from '../report-data.js';
import { loosenedFences } from './loosened-fences.js';

/** Section 5. */
export function exceptions(data: ReportData): Section {
  return {
    id: 'exceptions',
    title: 'Exceptions',
    blocks: [
      emergencies(data),
      notRecordedBlock('Break-glass that was not reviewed', 'BreakGlassOpened, BreakGlassReviewed'),
      ...refusals(data),
      ...backDatedBlocks(data),
      incidents(data),
      revokedLive(data),
      loosenedFences(data),
      notRecordedBlock('Drift', 'EnvironmentObserved, DriftDetected, DriftResolved'),
      notRecordedBlock('Attempts to approve one’s own work', 'ChangeApproved'),
    ],
  };
}

function emergencies({ figures, address }: ReportData): Block {
  const changes = figures['emergency-share'].current.counted.map(({ of }) => of as ChangeFact).reverse();
  return tableBlock(
    {
      id: 'emergency-changes',
      caption: 'Emergency changes',
      columns: {
        ...placeColumns(address),
        Version: ({ version }: ChangeFact) => version,
        Outcome: ({ ended }: ChangeFact) => ended,
        Reason: ({ note }: ChangeFact) => note,
        'Promoted by': ({ actor }: ChangeFact) => actor,
        Ticket: ({ ticket }: ChangeFact) => ticket,
      },
      rows: changes,
      link: figureLink(address, 'emergency-share', { part: 'counted' }),
    },
    'No emergency change ended in the period.',
  );
}

function refusals({ figures, address }: ReportData): Block[] {
  const refused = figures['refusal-rate'].current.counted;
  if (refused.length === 0) return [text('No command was refused in the period.')];
  const counts = countsByReason(refused);
  const changes = refused.map(({ of }) => of as ChangeFact).reverse();
  return [
    { kind: 'chart', chart: refusalsByReason(counts) },
    tableBlock(
      {
        id: 'refusal-reasons',
        caption: 'Refused commands by reason',
        columns: {
          Reason: ([reason]: [string, number]) =>
            linked(wordsOf(reason), figureLink(address, 'refusal-rate', { part: 'counted', reason })),
          Refused: ([, count]: [string, number]) => count,
        },
        rows: [...counts],
      },
      '',
    ),
    tableBlock(
      {
        id: 'refused-commands',
        caption: 'Refused commands, the newest first',
        columns: {
          ...placeColumns(address),
          Reason: ({ reason }: ChangeFact) => reason,
          Detail: ({ detail }: ChangeFact) => detail,
          'Asked by': ({ actor }: ChangeFact) => actor,
        },
        rows: changes,
        link: figureLink(address, 'refusal-rate', { part: 'counted' }),
      },
      '',
    ),
  ];
}

function backDatedBlocks({ populations: { current }, address }: ReportData): Block[] {
  const { counted, leftOut } = backDated(current);
  const imported = leftOut.filter(({ why }) => why === 'import').length;
  const threshold = formatDuration(BACK_DATED_S);
  const table = tableBlock(
    {
      id: 'back-dated-changes',
      caption: `Told more than ${threshold} after they happened`,
      columns: {
        ...placeColumns(address),
        Recorded: ({ recordedAt }: ChangeFact) => recordedAt,
        Later: ({ occurredAt, recordedAt }: ChangeFact) => formatDuration(secondsBetween(occurredAt, recordedAt)),
        'Told by': ({ actor }: ChangeFact) => actor,
      },
      rows: counted.map(({ of }) => of as ChangeFact).reverse(),
      link: figureLink(address, 'back-dated', { part: 'counted' }),
    },
    `No change was told more than ${threshold} after it happened.`,
  );
  if (imported === 0) return [table];
  return [table, text(`${formatNumber(imported)} changes that an import told are not listed: imports tell history.`)];
}

function incidents({ populations: { current }, address }: ReportData): Block {
  return tableBlock(
    {
      id: 'incidents',
      caption: 'Incidents that began in the period',
      columns: {
        Began: ({ startedAt }: IncidentFact) => startedAt,
        Incident: ({ id }: IncidentFact) => linked(id, incidentLink(id, address)),
        Severity: ({ severity }: IncidentFact) => severity,
        Environment: ({ environment }: IncidentFact) => environment,
        Service: ({ service }: IncidentFact) => service,
        Lasted: ({ startedAt, resolvedAt }: IncidentFact) =>
          resolvedAt === null ? 'open' : formatDuration(secondsBetween(startedAt, resolvedAt)),
        Blamed: ({ changeId }: IncidentFact) =>
          changeId === null ? 'no change' : linked('the change', changeLink(changeId, address)),
      },
      rows: incidentsIn(current),
      link: `/v1/incidents?asOf=${address.position}`,
    },
    'No incident began in the period.',
  );
}

function revokedLive({ revokedLive: rows, address }: ReportData): Block {
  return tableBlock(
    {
      id: 'revoked-live',
      caption: 'Revoked, or built on what is, and still live',
      columns: {
        Service: ({ artifact }: RevokedLive) => linked(artifact.service, changeLink(artifact.changeId, address)),
        Environment: ({ environment }: RevokedLive) => environment,
        Version: ({ artifact }: RevokedLive) => artifact.version,
        Digest: ({ artifact }: RevokedLive) => artifact.digest,
        Revoked: ({ revoked }: RevokedLive) => revoked,
        'Revoked at': ({ revokedAt }: RevokedLive) => revokedAt,
        Severity: ({ severity }: RevokedLive) => severity,
        Reason: ({ reason }: RevokedLive) => reason,
      },
      rows,
    },
    'Nothing that is live was revoked.',
  );
}

const placeColumns = (address: ReportData['address']) => ({
  Occurred: ({ occurredAt }: ChangeFact) => occurredAt,
  Service: ({ service, component, changeId }: ChangeFact) =>
    linked(service ?? component ?? 'the command', changeLink(changeId, address)),
  Environment: ({ environment }: ChangeFact) => environment,
});
