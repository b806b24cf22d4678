import type { ExceptionRow } from '../../../views/exceptions/queries.js';
import type { Block } from '../../document/document.js';
import { linked, tableBlock } from '../blocks.js';
import { wordsOf } from '../metric-block.js';
import type { ReportData } from '../report-data.js';

/**
 * Policies made looser, pipelines' tokens made by hand, suspensions lifted: what made it easier to change something.
 * Those of other environments are left out; what names none concerns all.
 */
export function loosenedFences({ loosened, address }: ReportData): Block {
  const { environments, from, to, position } = address;
  const rows = loosened.filter(({ environment }) => environment === undefined || environments.includes(environment));
  const query = new URLSearchParams({ clock: 'occurred', from, to, asOf: String(position), order: 'asc' });
  return tableBlock<ExceptionRow>(
    {
      id: 'loosened-fences',
      caption: 'Fences that were loosened in the period',
      columns: {
        Occurred: ({ occurredAt }) => occurredAt,
        What: ({ kind, eventId }) => linked(wordsOf(kind), `/v1/events/${eventId}`),
        Where: ({ environment, pipeline }) => environment ?? pipeline ?? null,
        Details: ({ details }) => details.join('; '),
        By: ({ actor }) => actor,
        Reason: ({ reason }) => reason ?? null,
      },
      rows,
      link: `/v1/exceptions?${query.toString()}`,
    },
    'No policy was made looser, no pipeline got a token by hand or more room, and no suspension was lifted.',
  );
}
