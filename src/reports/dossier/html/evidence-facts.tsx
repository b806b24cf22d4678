import { describeMs } from '../../../domain/duration.js';
import { describeEvidence } from '../../../domain/environment/evidence-rules.js';
import type { Table } from '../../document/document.js';
import { TableBlock } from '../../html/table.js';
import { Words } from '../../html/words.js';
import type { EvidenceSection } from '../evidence.js';
import type { PolicySection } from '../policy.js';
import type { SoakSection } from '../soak.js';
import { isNone, type None } from '../words.js';
import { Fact, FactsList, Nothing, Says, Time } from './facts-list.js';

const KNOWN_AT: Readonly<Record<string, string>> = {
  end: 'What was known when it was decided.',
  refusal: 'What was known when it was refused.',
  open: 'The change is open: what is known so far.',
};

export const EvidenceFacts = ({ evidence }: { evidence: EvidenceSection | None }) => {
  if (isNone(evidence)) return <Nothing why={evidence.none} />;
  const { attestations, candidate, later, more, required, knownAt } = evidence;
  return (
    <>
      <p>
        {KNOWN_AT[knownAt.by]}
        {later > 0 && ` ${later} more came later.`}
        {more > 0 && ` ${more} older ones are not shown.`}
        {candidate && ` The candidate ${candidate.result} its validation.`}
      </p>
      {isNone(required) ? (
        <Nothing why={required.none} />
      ) : required.length === 0 ? (
        <p class="quiet">The policy asked for no evidence.</p>
      ) : (
        <TableBlock table={requiredTable(required)} />
      )}
      {attestations.length > 0 && <TableBlock table={attestationTable(attestations)} />}
    </>
  );
};

const requiredTable = (required: Exclude<EvidenceSection['required'], None>): Table => ({
  id: 'required',
  caption: 'What the policy asked for',
  columns: [
    { title: 'Evidence', type: 'text' },
    { title: 'Environment', type: 'text' },
    { title: 'Met', type: 'text' },
    { title: 'By', type: 'text' },
  ],
  rows: required.map(({ environment, pipelines, met, by, ...asked }) => [
    // The environment has a column of its own.
    describeEvidence({ ...asked, ...(pipelines && { by: pipelines }) }),
    environment ?? 'any',
    met ? 'yes' : 'no',
    by ? { text: `${by.result}, ${by.pipeline} (${by.proof})`, link: by.saidBy?.link ?? '' } : 'nothing',
  ]),
});

const attestationTable = (attestations: EvidenceSection['attestations']): Table => ({
  id: 'attestations',
  caption: 'Tests and scans',
  columns: [
    { title: 'Test or scan', type: 'text' },
    { title: 'Result', type: 'text' },
    { title: 'Environment', type: 'text' },
    { title: 'When', type: 'time' },
    { title: 'By', type: 'text' },
    { title: 'Signed by', type: 'text' },
    { title: 'Its evidence', type: 'text' },
    { title: 'Digest of that', type: 'digest' },
  ],
  rows: attestations.map(({ type, result, environment, occurredAt, evidence, saidBy, pipeline, signedBy }) => [
    saidBy ? { text: type, link: saidBy.link } : type,
    result,
    environment ?? null,
    occurredAt,
    pipeline,
    signedBy ?? null,
    evidence?.uri ?? null,
    evidence?.digest ?? null,
  ]),
});

export const PolicyFacts = ({ policy }: { policy: PolicySection | None }) => {
  if (isNone(policy)) return <Nothing why={policy.none} />;
  const { evidence, soak, strategies, atomic, bases, maxBackdate } = policy.policy;
  return (
    <FactsList>
      <Fact name="In force" wide>
        revision {policy.revision} of <Words text={policy.environment} />, set by <Words text={policy.setBy} /> at{' '}
        <Time at={policy.setAt} />
        {policy.saidBy && <Says by={policy.saidBy} />}
        {policy.reason !== undefined && (
          <>
            : <Words text={policy.reason} />
          </>
        )}
      </Fact>
      <Fact name="It asks for" wide>
        {evidence.length === 0 ? 'no evidence' : `${evidence.length} kinds of evidence`}; soak {soak}; strategy{' '}
        {strategies.join(' or ')}; bases {bases}; {atomic ? 'one open change at a time' : 'any number of open changes'};{' '}
        {maxBackdate === null ? 'no bound on back-dating' : `back-dated by ${maxBackdate} at most`}
      </Fact>
    </FactsList>
  );
};

export const SoakFacts = ({ soak }: { soak: SoakSection | None }) => {
  if (isNone(soak)) return <Nothing why={soak.none} />;
  const { environment, since, saidBy, atStart, atEnd } = soak;
  return (
    <FactsList>
      <Fact name={`Known-good in ${environment} since`}>
        <Time at={since.recordedAt} />
        {saidBy && <Says by={saidBy} />}
      </Fact>
      <Fact name="Soaked when it began">
        <Soaked of={atStart} />
      </Fact>
      {atEnd && (
        <Fact name="Soaked when it ended">
          <Soaked of={atEnd} />
        </Fact>
      )}
    </FactsList>
  );
};

const Soaked = ({ of: soaked }: { of: SoakSection['atStart'] }) =>
  isNone(soaked) ? (
    <Nothing why={soaked.none} />
  ) : (
    <>
      {describeMs(soaked.recordedMs)} recorded, {describeMs(soaked.occurredMs)} by the pipelines’ clocks
    </>
  );
