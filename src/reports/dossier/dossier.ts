import type { ChangeRow } from '../../views/changes/queries.js';
import type { RefusedAttempt } from '../../views/changes/refused-attempts.js';
import type { IncidentRow } from '../../views/incidents/queries.js';
import { answerOf, type Answer } from '../../views/paging.js';
import { artifactOf, type ArtifactSection } from './artifact.js';
import { evidenceOf, type EvidenceSection } from './evidence.js';
import type { DossierSources, Facts } from './facts.js';
import { gather } from './gather.js';
import { APPROVALS_NEED, identitiesOf, type Identities } from './identities.js';
import { policyOf, type PolicySection } from './policy.js';
import { receiptsOf, type ReceiptFact } from './receipts.js';
import { replacementOf, type ReplacementSection } from './replacement.js';
import { soakOf, type SoakSection } from './soak.js';
import { timelineOf, type Timeline } from './timeline.js';
import { wayBackOf, type WayBackSection } from './way-back.js';
import { changeLink, notRecorded, type None, type NotRecorded } from './words.js';

/** One change with all that the ledger knew of it at a position: the row of the population, and a section a question. */
export type Dossier = ChangeRow & {
  readonly position: number;
  readonly identities: Identities;
  readonly artifact: ArtifactSection | None;
  readonly evidence: EvidenceSection | None;
  readonly policy: PolicySection | None;
  readonly replacement: ReplacementSection | None;
  readonly soak: SoakSection | None;
  readonly timeline: Timeline;
  readonly refusals: RefusalsSection;
  readonly wayBack: WayBackSection;
  readonly incidents: IncidentsSection;
  readonly controls: Controls;
  readonly receipts: readonly ReceiptFact[];
};

interface RefusalsSection {
  /** Commands about this very change. */
  readonly about: readonly ToldRefusal[];
  /** Attempts to bring the digest here before it. */
  readonly before: readonly ToldRefusal[];
  readonly isCut: boolean;
}

export type ToldRefusal = Answer<RefusedAttempt> & { readonly link: string };

interface IncidentsSection {
  readonly blaming: readonly (IncidentRow & { readonly link: string })[];
  readonly mended: readonly (IncidentRow & { readonly link: string })[];
  readonly isCut: boolean;
}

/** Questions of auditors that nothing in the ledger answers yet. */
interface Controls {
  readonly approvedBeforeDeployed: NotRecorded;
  readonly selfApproval: NotRecorded;
  readonly impactAssessed: NotRecorded;
  readonly reviewedAfterwards?: NotRecorded;
}

/** The dossier as the ledger knew it at the position; undefined for a change that had not begun. */
export async function readDossier(
  changeId: string,
  position: number,
  sources: DossierSources,
): Promise<Dossier | undefined> {
  const facts = await gather(changeId, position, sources);
  return facts && dossierOf(facts);
}

export function dossierOf(facts: Facts): Dossier {
  const { change, position, refusals, incidents } = facts;
  return {
    position,
    ...change,
    identities: identitiesOf(facts),
    artifact: artifactOf(facts),
    evidence: evidenceOf(facts),
    policy: policyOf(facts),
    replacement: replacementOf(facts),
    soak: soakOf(facts),
    timeline: timelineOf(facts),
    refusals: {
      about: refusals.about.map(withChangeLink),
      before: refusals.before.map(withChangeLink),
      isCut: refusals.isCut,
    },
    wayBack: wayBackOf(facts),
    incidents: {
      blaming: incidents.blaming.map(withIncidentLink),
      mended: incidents.mended.map(withIncidentLink),
      isCut: incidents.isCut,
    },
    controls: controlsOf(change),
    receipts: receiptsOf(facts),
  };
}

const withChangeLink = (refusal: RefusedAttempt) => ({ ...answerOf(refusal), link: changeLink(refusal.changeId) });

const withIncidentLink = (incident: IncidentRow) => ({
  ...incident,
  link: `/v1/incidents/${encodeURIComponent(incident.id)}`,
});

const controlsOf = ({ type }: ChangeRow): Controls => ({
  approvedBeforeDeployed: notRecorded(APPROVALS_NEED),
  selfApproval: notRecorded(APPROVALS_NEED),
  impactAssessed: notRecorded('A statement of impact with the change; the ledger takes its type, reason and ticket.'),
  ...(type === 'emergency' && {
    reviewedAfterwards: notRecorded('Reviews of emergency changes as events of the environment (BreakGlassReviewed).'),
  }),
});
