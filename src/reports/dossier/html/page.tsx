import type { ComponentChildren } from 'preact';
import { shortDigest } from '../../document/format.js';
import { visible } from '../../document/visible.js';
import { STYLE } from '../../html/style.js';
import { LedgerLink, Words } from '../../html/words.js';
import type { Dossier } from '../dossier.js';
import { changeLink } from '../words.js';
import { ArtifactFacts, Who } from './artifact-facts.js';
import { EvidenceFacts, PolicyFacts, SoakFacts } from './evidence-facts.js';
import { Fact, FactsList, Time } from './facts-list.js';
import { NotRecordedFacts, Receipts, Refusals, TimelineTable } from './history-tables.js';
import { Incidents, Replacement, WayBack } from './outcome-facts.js';
import { DOSSIER_STYLE } from './style.js';

/** Nothing is loaded and nothing runs, wherever the file is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export const Page = ({ dossier }: { dossier: Dossier }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={POLICY} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light" />
      <title>{visible(titleOf(dossier))}</title>
      <style dangerouslySetInnerHTML={{ __html: STYLE + DOSSIER_STYLE }} />
    </head>
    <body class="dossier">
      <a class="skip" href="#dossier">
        Skip to the dossier
      </a>
      <Cover dossier={dossier} />
      <main id="dossier" tabIndex={-1}>
        <Sections dossier={dossier} />
      </main>
      <footer>
        <p>
          Made by Cairn from its ledger, as it was at position {dossier.position}:{' '}
          <code>{`${changeLink(dossier.changeId)}?asOf=${dossier.position}`}</code>. Times are UTC; “recorded” is the
          ledger’s own clock. Evidence supporting a review of this change; links lead to the events.
        </p>
      </footer>
    </body>
  </html>
);

const Sections = ({ dossier }: { dossier: Dossier }) => (
  <>
    <Section id="who" title="Who">
      <Who identities={dossier.identities} />
    </Section>
    <Section id="what" title="What">
      <ArtifactFacts artifact={dossier.artifact} />
    </Section>
    <Section id="replaced" title="In place of what">
      <Replacement replacement={dossier.replacement} />
    </Section>
    <Section id="way-back" title="Way back and incidents">
      <WayBack wayBack={dossier.wayBack} />
      <Incidents incidents={dossier.incidents} />
    </Section>
    <Section id="policy" title="Policy and soak">
      <PolicyFacts policy={dossier.policy} />
      <SoakFacts soak={dossier.soak} />
    </Section>
    <Section id="evidence" title="Evidence">
      <EvidenceFacts evidence={dossier.evidence} />
    </Section>
    <Section id="timeline" title="Timeline">
      <TimelineTable timeline={dossier.timeline} />
    </Section>
    <Section id="refusals" title="Refusals">
      <Refusals refusals={dossier.refusals} />
    </Section>
    <Section id="not-recorded" title="Not recorded yet">
      <NotRecordedFacts dossier={dossier} />
    </Section>
    <Section id="receipts" title="Receipts">
      <Receipts receipts={dossier.receipts} />
    </Section>
  </>
);

const Section = ({ id, title, children }: { id: string; title: string; children: ComponentChildren }) => (
  <section id={id} aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    {children}
  </section>
);

const Cover = ({ dossier }: { dossier: Dossier }) => {
  const { outcome, type, strategy, ticket, note, detail, reason, about } = dossier;
  return (
    <header class="cover">
      <p class="kind">Change dossier</p>
      <h1>
        <Words text={titleOf(dossier)} />
      </h1>
      <FactsList>
        <Fact name="Outcome">
          <strong class={`outcome ${outcome}`}>{outcome}</strong>
          {reason !== undefined && (
            <>
              : <Words text={reason} />
            </>
          )}
        </Fact>
        {type !== undefined && (
          <Fact name="Type">
            {type}
            {strategy !== undefined && `, ${strategy}`}
          </Fact>
        )}
        {ticket !== undefined && (
          <Fact name="Ticket">
            <Words text={ticket} />
          </Fact>
        )}
        <Fact name="Began">
          <Time at={dossier.startedOccurredAt} />
        </Fact>
        {dossier.finishedOccurredAt !== undefined && (
          <Fact name="Ended">
            <Time at={dossier.finishedOccurredAt} />
          </Fact>
        )}
        <Fact name="Change" wide>
          <code>{dossier.changeId}</code>
        </Fact>
        {about !== undefined && (
          <Fact name="About change" wide>
            <LedgerLink to={changeLink(about)}>
              <code>{about}</code>
            </LedgerLink>
          </Fact>
        )}
      </FactsList>
      {note !== undefined && <Said name="Reason given" text={note} />}
      {detail !== undefined && (
        <Said name={outcome === 'refused' ? 'Refused because' : 'It ended because'} text={detail} />
      )}
    </header>
  );
};

const Said = ({ name, text }: { name: string; text: string }) => (
  <p class="said">
    <span class="quiet">{name}:</span> <Words text={text} />
  </p>
);

const KINDS: Readonly<Record<Dossier['kind'], string>> = {
  promotion: 'Promotion',
  rollback: 'Roll-back',
  retirement: 'Retirement',
  bake: 'Bake',
  attestation: 'Attestation',
  other: 'Command',
};

/** `Promotion of shop-api 2.1.0 in production`, as far as each is known. */
function titleOf({ kind, service, component, version, digest, environment }: Dossier): string {
  const what = service ?? component ?? (digest === undefined ? 'what is not known' : shortDigest(digest));
  return [KINDS[kind], 'of', what, version ?? '', environment === undefined ? '' : `in ${environment}`]
    .filter((word) => word !== '')
    .join(' ');
}
