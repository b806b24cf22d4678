import type { Table } from '../../document/document.js';
import { TableBlock } from '../../html/table.js';
import { LedgerLink, Words } from '../../html/words.js';
import type { Dossier } from '../dossier.js';
import type { ReplacementSection } from '../replacement.js';
import type { WayBackSection } from '../way-back.js';
import { isNone, type None } from '../words.js';
import { Digest, Fact, FactsList, Nothing, Time } from './facts-list.js';

export const Replacement = ({ replacement }: { replacement: ReplacementSection | None }) => {
  if (isNone(replacement)) return <Nothing why={replacement.none} />;
  const { component, version, digest, since, change, difference, happened } = replacement;
  return (
    <>
      <FactsList>
        <Fact name={happened ? 'It replaced' : 'What took the traffic, and kept it'}>
          <Words text={`${component} ${version}`} />, <Digest digest={digest} link={`/v1/artifacts/${digest}`} />
        </Fact>
        <Fact name="Live since" wide>
          <Time at={since} />, by{' '}
          <LedgerLink to={change.link}>
            <code>{change.changeId}</code>
          </LedgerLink>
        </Fact>
      </FactsList>
      {isNone(difference) ? <Nothing why={difference.none} /> : <TableBlock table={differenceTable(difference)} />}
    </>
  );
};

const differenceTable = (difference: Exclude<ReplacementSection['difference'], None>): Table => ({
  id: 'difference',
  caption: 'What differs',
  columns: [
    { title: 'Field', type: 'text' },
    { title: 'Before', type: 'text' },
    { title: 'After', type: 'text' },
  ],
  rows: difference.map(({ field, from, to }) => [field, from, to]),
});

const STATUS: Readonly<Record<Exclude<WayBackSection, None>['status'], string>> = {
  available: 'Way back',
  'not-switched': 'Still live',
  'rolled-back': 'Rolled back to',
};

export const WayBack = ({ wayBack }: { wayBack: WayBackSection }) =>
  isNone(wayBack) ? (
    <Nothing why={wayBack.none} />
  ) : (
    <FactsList>
      <Fact name={STATUS[wayBack.status]}>
        <Words text={`${wayBack.component} ${wayBack.version}`} />,{' '}
        <Digest digest={wayBack.digest} link={wayBack.change.link} />
      </Fact>
      <Fact name="How" wide>
        <Words text={wayBack.how} />
        {wayBack.at !== undefined && (
          <>
            {' '}
            (<Time at={wayBack.at} />)
          </>
        )}
      </Fact>
    </FactsList>
  );

export const Incidents = ({ incidents }: { incidents: Dossier['incidents'] }) => {
  const rows = [
    ...incidents.blaming.map((incident) => ({ ...incident, part: 'blamed for' })),
    ...incidents.mended.map((incident) => ({ ...incident, part: 'mended' })),
  ];
  if (rows.length === 0) return <Nothing why="No incident names this change." />;
  return (
    <TableBlock
      table={{
        id: 'incidents',
        caption: 'Incidents',
        columns: [
          { title: 'Incident', type: 'text' },
          { title: 'This change', type: 'text' },
          { title: 'Severity', type: 'text' },
          { title: 'Began', type: 'time' },
          { title: 'Over', type: 'time' },
          { title: 'What was said', type: 'text' },
        ],
        rows: rows.map(({ id, link, part, severity, startedAt, resolvedAt, note, resolution }) => [
          { text: id, link },
          part,
          severity,
          startedAt,
          resolvedAt ?? 'not yet',
          [note, resolution].filter((text) => text !== undefined).join(' — ') || null,
        ]),
      }}
    />
  );
};
