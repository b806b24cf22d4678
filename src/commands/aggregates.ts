import type { EventReader } from '../event-store/port.js';
import { accessAggregate } from './aggregates/access.js';
import { artifactAggregate } from './aggregates/artifact.js';
import { environmentAggregate } from './aggregates/environment.js';
import { incidentAggregate } from './aggregates/incident.js';
import { pipelineAggregate } from './aggregates/pipeline.js';
import { reportAggregate } from './aggregates/report.js';
import { signingAggregate } from './aggregates/signing.js';
import { trustAggregate } from './aggregates/trust.js';
import { History } from './aggregates/stage.js';
import type { KnownGoodHistory } from './known-good-history.js';
import type { ProofChecker } from './proof-checker.js';

/**
 * The aggregates of this server. Environments and incidents look into the past, and so need more than their own stream;
 * artifacts come with proofs.
 */
export class Aggregates {
  readonly pipeline = pipelineAggregate;
  readonly access = accessAggregate;
  readonly report = reportAggregate;
  readonly artifact: ReturnType<typeof artifactAggregate>;
  readonly signing = signingAggregate;
  readonly trust = trustAggregate;
  readonly incident: ReturnType<typeof incidentAggregate>;
  readonly environment: ReturnType<typeof environmentAggregate>;

  constructor({ history, reader, proofs }: { history: KnownGoodHistory; reader: EventReader; proofs: ProofChecker }) {
    this.artifact = artifactAggregate(proofs);
    this.incident = incidentAggregate(reader);
    this.environment = environmentAggregate(new History(history, reader));
  }
}
