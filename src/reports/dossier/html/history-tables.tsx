import { describeMs } from '../../../domain/duration.js';
import { TableBlock } from '../../html/table.js';
import { Words } from '../../html/words.js';
import type { Dossier } from '../dossier.js';
import type { ReceiptFact } from '../receipts.js';
import type { Timeline } from '../timeline.js';
import { Nothing } from './facts-list.js';

export const TimelineTable = ({ timeline: { entries, isCut } }: { timeline: Timeline }) => (
  <>
    {isCut && <Nothing why="There are too many events to tell: the first and the last are here." />}
    <TableBlock
      table={{
        id: 'timeline',
        caption: 'From the commit to what became of it; this change’s own events are marked ●',
        columns: [
          { title: 'Happened', type: 'time' },
          { title: 'What', type: 'text' },
          { title: 'Where', type: 'text' },
          { title: 'Who', type: 'text' },
          { title: 'Recorded', type: 'text' },
          { title: 'Position', type: 'number' },
        ],
        rows: entries.map((entry) => [
          entry.occurredAt,
          { text: `${entry.isOwn ? '● ' : ''}${entry.what}`, link: entry.link },
          placeOf(entry),
          entry.actor,
          delay(entry.skewMs),
          entry.position,
        ]),
      }}
    />
  </>
);

const placeOf = ({ environment, service }: Timeline['entries'][number]): string | null =>
  environment === undefined ? null : service === undefined ? environment : `${environment}: ${service}`;

/** Below a second nobody cares; a clock that runs ahead is told as such. */
function delay(skewMs: number): string {
  if (Math.abs(skewMs) < 1_000) return 'at once';
  return skewMs > 0 ? `${describeMs(skewMs)} later` : `${describeMs(-skewMs)} earlier`;
}

export const Refusals = ({ refusals: { about, before, isCut } }: { refusals: Dossier['refusals'] }) => {
  if (about.length + before.length === 0) {
    return <Nothing why="No command about this change was refused, nor an earlier attempt with this digest here." />;
  }
  return (
    <TableBlock
      table={{
        id: 'refusals',
        caption: `Refused on the way${isCut ? ' (the newest)' : ''}`,
        columns: [
          { title: 'When', type: 'time' },
          { title: 'Reason', type: 'text' },
          { title: 'Command', type: 'text' },
          { title: 'Who', type: 'text' },
          { title: 'In words', type: 'text' },
        ],
        rows: [
          ...about.map((refusal) => ({ ...refusal, part: 'about this change' })),
          ...before.map((refusal) => ({ ...refusal, part: 'before it' })),
        ].map(({ occurredAt, reason, link, kind, part, actor, detail }) => [
          occurredAt,
          { text: reason ?? '', link },
          `${kind}, ${part}`,
          actor,
          detail ?? null,
        ]),
      }}
    />
  );
};

const QUESTIONS = {
  approvedBeforeDeployed: 'Approved before it was deployed',
  selfApproval: 'Approved by somebody other than author, builder and promoter',
  impactAssessed: 'Impact assessed',
  reviewedAfterwards: 'Reviewed afterwards, as an emergency',
} as const;

/** What auditors ask and nothing answers yet: said, and never shown as a yes or a no. */
export const NotRecordedFacts = ({ dossier: { controls } }: { dossier: Dossier }) => (
  <dl class="questions">
    {(Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]).map((name) => {
      const answer = controls[name];
      return (
        answer && (
          <div>
            <dt>{QUESTIONS[name]}</dt>
            <dd class="quiet">
              <span class="unrecorded">Not recorded.</span> Needs: <Words text={answer.needs} />
            </dd>
          </div>
        )
      );
    })}
  </dl>
);

export const Receipts = ({ receipts }: { receipts: readonly ReceiptFact[] }) => (
  <TableBlock
    table={{
      id: 'receipts',
      caption: 'Every event of this change, as the ledger acknowledged it',
      columns: [
        { title: 'Event', type: 'text' },
        { title: 'Id', type: 'text' },
        { title: 'Stream and revision', type: 'text' },
        { title: 'Position', type: 'number' },
        { title: 'Recorded', type: 'time' },
      ],
      rows: receipts.map(({ eventId, type, stream, revision, position, recordedAt, link }) => [
        type.replace(/\.v\d+$/, ''),
        { text: eventId, link },
        `${stream} at ${revision}`,
        position,
        recordedAt,
      ]),
    }}
  />
);
