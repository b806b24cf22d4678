import { INCIDENT_SEVERITIES } from '../../domain/incident/events.js';
import { EXCEPTION_KINDS } from '../../views/exceptions/entity.js';
import { Many, ManyOf, Moment, Name, OneOf, Time } from '../input/fields.js';
import { PageCursor, PageLimit, PageOrder, Total, WindowClock, WindowFrom, WindowTo } from './lists.js';

/** What every read takes. Values of a query are text. */
export class ReadQuery {
  @Name('count', {
    optional: true,
    description: 'Answer only once this position is seen; it comes from a write’s receipt.',
  })
  minPosition?: string;
}

export class PositionQuery extends ReadQuery {
  @Moment({ optional: true, description: 'What the ledger knew then: a time, or a position. Left out, now.' })
  asOf?: string;
}

export class MomentQuery extends PositionQuery {
  @Time({ optional: true, description: 'What was true then by the pipelines’ own clocks.' })
  occurredBy?: string;
}

export class DiffQuery extends MomentQuery {
  @Moment({ optional: true, description: 'The earlier moment: a time, or a position.' })
  from?: string;

  @Moment({ optional: true, description: 'The later moment: a time, or a position. Left out, now.' })
  to?: string;

  @OneOf(['recorded', 'occurred'], {
    optional: true,
    description: 'Whose clock from and to are read by; recorded by default.',
  })
  clock?: string;

  @Name('environment', { optional: true, description: 'Another environment to compare with, in place of from and to.' })
  against?: string;
}

export class ListQuery extends PositionQuery {
  @PageLimit() limit?: string;
  @PageCursor() cursor?: string;
  @PageOrder() order?: string;
}

export class ArtifactsQuery extends ListQuery {
  @Many('service', { description: 'Components.' })
  component?: string | string[];
  @Many('label', { description: 'Commits.' })
  commit?: string | string[];
  @Many('pipeline', { description: 'Pipelines that baked.' })
  pipeline?: string | string[];
  @Many('digest', { description: 'Bases that were built on.' })
  base?: string | string[];
  @Many('label', { description: 'Versions.' })
  version?: string | string[];
  @Many('label', { description: 'Refs of the source, such as refs/tags/v1.2.0.' })
  ref?: string | string[];
  @Many('label', { description: 'Repositories of the source.' })
  repository?: string | string[];
}

export class CommitTraceQuery extends PositionQuery {
  @Name('label', { optional: true, description: 'Only what was built from this repository.' })
  repository?: string;
}

export class SearchQuery extends PositionQuery {
  @Name('label', {
    description:
      'The beginning of a digest (4 digits or more), version, ref, ticket, commit, component, service, pipeline, incident or change; or an event’s id.',
  })
  q: string;

  @Name('groupLimit', { optional: true, description: 'Hits of each kind, 1 to 50; 10 by default.' })
  limit?: string;
}

export class EventsQuery extends ListQuery {
  @Many('stream', { description: 'Streams.' })
  stream?: string | string[];
  @Many('eventType', { description: 'Types.' })
  type?: string | string[];
  @Many('environment', { description: 'Environments.' })
  environment?: string | string[];
  @Many('digest', { description: 'Digests.' })
  digest?: string | string[];
  @Many('subject', { description: 'Actors.' })
  actor?: string | string[];
  @Many('uuid', { description: 'Changes.' })
  changeId?: string | string[];

  @WindowFrom('Recorded') from?: string;

  @WindowTo('Recorded') to?: string;

  @Total() total?: string;
}

export class IncidentsQuery extends ListQuery {
  @Many('environment', { description: 'Environments.' })
  environment?: string | string[];
  @Many('service', { description: 'Services.' })
  service?: string | string[];
  @ManyOf(INCIDENT_SEVERITIES, { description: 'Severities.' })
  severity?: string | string[];
  @Many('uuid', { description: 'Changes that are blamed.' })
  changeId?: string | string[];
  @Many('uuid', { description: 'Changes that mended an incident.' })
  mendedBy?: string | string[];

  @OneOf(['open', 'resolved'], { optional: true, description: 'How it stood at the position.' })
  status?: string;

  @WindowFrom('Began') from?: string;

  @WindowTo('Began') to?: string;

  @Total() total?: string;
}

export class ExceptionsQuery extends ListQuery {
  @ManyOf(EXCEPTION_KINDS, { description: 'Kinds of fences that were loosened.' })
  kind?: string | string[];
  @Many('environment', { description: 'Environments.' })
  environment?: string | string[];
  @Many('pipeline', { description: 'Pipelines.' })
  pipeline?: string | string[];
  @Many('subject', { description: 'Who did it.' })
  actor?: string | string[];

  @WindowClock() clock?: string;

  @WindowFrom('Done') from?: string;

  @WindowTo('Done') to?: string;
}
