import { artifactsProjector } from './artifacts/projector.js';
import { changesProjector } from './changes/projector.js';
import { ViewCheckpoint } from './checkpoint.js';
import { environmentsProjector } from './environments/projector.js';
import { eventsProjector } from './events/projector.js';
import { exceptionsProjector } from './exceptions/projector.js';
import { handoutsProjector } from './handouts/projector.js';
import { incidentsProjector } from './incidents/projector.js';
import { knownGoodProjector } from './known-good/projector.js';
import { pipelinesProjector } from './pipelines/projector.js';
import type { Projector } from './projector.js';
import type { EntityClass } from './rows.js';

/** Every view there is. */
export const PROJECTORS: readonly Projector[] = [
  knownGoodProjector,
  changesProjector,
  artifactsProjector,
  eventsProjector,
  environmentsProjector,
  pipelinesProjector,
  incidentsProjector,
  handoutsProjector,
  exceptionsProjector,
];

export const ENTITIES: readonly EntityClass[] = [
  ViewCheckpoint,
  ...PROJECTORS.flatMap((projector) => projector.entities),
];
