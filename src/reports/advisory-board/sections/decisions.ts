import type { Section } from '../../document/document.js';
import { linked, notRecordedBlock, tableBlock } from '../blocks.js';
import { changeLink } from '../links.js';
import type { PendingChange } from '../reading/pending.js';
import type { LiveArtifact } from '../reading/stages.js';
import type { ReportData } from '../report-data.js';

/** Section 2: a row a change that is open at the end of the period. */
export function decisions(data: ReportData): Section {
  const { address, pending } = data;
  const inProgress = [
    ...address.environments.map((environment) => ['environment', environment]),
    ...[
      ['outcome', 'in-progress'],
      ['asOf', String(address.position)],
    ],
  ];
  return {
    id: 'decisions',
    title: 'Decisions requested',
    blocks: [
      tableBlock<PendingChange>(
        {
          id: 'decisions',
          caption: 'Changes that are open at the end of the period',
          columns: {
            Change: ({ changeId, service }) => linked(service, changeLink(changeId, address)),
            Environment: ({ environment }) => environment,
            Type: ({ type }) => type,
            Reason: ({ note }) => note,
            Ticket: ({ ticket }) => ticket,
            From: (change) => liveOf(data, change)?.version ?? null,
            To: ({ version }) => version,
            Digest: ({ digest }) => digest,
            Differs: (change) => difference(change, liveOf(data, change)),
            Candidate: ({ isValidated }) => (isValidated ? 'passed, waits for the switch' : 'not validated yet'),
            Tests: (change) => testsOf(data, change),
            'Way back': (change) => liveOf(data, change)?.digest ?? null,
            Conflicts: (change) => conflictsOf(data, change),
            Began: ({ startedOccurredAt }) => startedOccurredAt,
          },
          rows: pending,
          link: `/v1/changes?${new URLSearchParams(inProgress).toString()}`,
        },
        'No change is open at the end of the period.',
      ),
      notRecordedBlock('Approvers', 'ChangeApproved, ApprovalWithdrawn'),
    ],
  };
}

const liveOf = ({ stages }: ReportData, { environment, service }: PendingChange): LiveArtifact | undefined =>
  stages.find((stage) => stage.environment === environment)?.live.get(service);

function difference({ component, layer, digest }: PendingChange, live: LiveArtifact | undefined): string {
  if (!live) return `${layer}; the service is new here`;
  if (live.digest === digest) return 'nothing: it is live already';
  return live.component === component ? layer : `${layer}; another component, ${live.component} before`;
}

function testsOf({ attestations }: ReportData, { digest }: PendingChange): string {
  const results = [...(attestations.get(digest) ?? [])].map(([type, result]) => `${type}: ${result}`);
  return results.length === 0 ? 'none recorded' : results.sort().join(', ');
}

/** Other open changes of the same environment, of which the same service's cannot be. */
function conflictsOf({ pending }: ReportData, { changeId, environment }: PendingChange): string | null {
  const others = pending.filter((other) => other.environment === environment && other.changeId !== changeId);
  return others.length === 0 ? null : `also open: ${others.map(({ service }) => service).join(', ')}`;
}
