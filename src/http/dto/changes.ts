import { LAYERS } from '../../domain/artifact/events.js';
import { CHANGE_TYPES } from '../../domain/environment/policy.js';
import { REFUSAL_REASONS } from '../../domain/refusal.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../reports/exports/export.js';
import { CHANGE_EFFECTS, CHANGE_KINDS } from '../../views/changes/entity.js';
import { CHANGE_FIELDS, OUTCOMES } from '../../views/changes/row.js';
import { Many, ManyOf, Name, NamesOf, OneOf, Text, Whole } from '../input/fields.js';
import { PositionQuery } from './queries.js';
import { PageCursor, PageLimit, PageOrder, Total, WindowClock, WindowFrom, WindowTo } from './lists.js';

/** Which changes: of each field any of the values, and all fields together, as the ledger knew them at a moment. */
export class ChangeFilters extends PositionQuery {
  @Many('environment', { description: 'Environments.' })
  environment?: string | string[];
  @Many('service', { description: 'Services.' })
  service?: string | string[];
  @Many('service', { description: 'Components.' })
  component?: string | string[];
  @ManyOf(LAYERS, { description: 'Layers.' })
  layer?: string | string[];
  @Many('digest', { description: 'Digests.' })
  digest?: string | string[];
  @Many('pipeline', { description: 'Pipelines that asked.' })
  pipeline?: string | string[];
  @Many('subject', { description: 'Subjects that asked.' })
  actor?: string | string[];
  @ManyOf(OUTCOMES, { description: 'Outcomes.' })
  outcome?: string | string[];
  @ManyOf(REFUSAL_REASONS, { description: 'Reasons of refusals.' })
  reason?: string | string[];
  @ManyOf(CHANGE_TYPES, { description: 'Types of change.' })
  type?: string | string[];
  @ManyOf(CHANGE_KINDS, { description: 'Kinds of change.' })
  kind?: string | string[];
  @Many('label', { description: 'Tickets.' })
  ticket?: string | string[];
  @ManyOf(CHANGE_EFFECTS, { description: 'Whether traffic moved.' })
  effect?: string | string[];

  @WindowClock() clock?: string;

  @OneOf(['started', 'finished'], {
    optional: true,
    description: 'Which end of a change the window looks at; started by default.',
  })
  on?: string;

  @WindowFrom('The end that `on` names,') from?: string;

  @WindowTo('The end that `on` names,') to?: string;
}

export class ChangesQuery extends ChangeFilters {
  @PageLimit() limit?: string;
  @PageCursor() cursor?: string;
  @PageOrder() order?: string;

  @NamesOf(CHANGE_FIELDS, { description: 'Fields to answer, of those that a row has; changeId is always there.' })
  fields?: string | string[];

  @Total() total?: string;

  @OneOf(['true', 'false'], { optional: true, description: 'Whether to hash them all.' })
  populationHash?: string;
}

export class DrawSampleDto extends ChangeFilters {
  @OneOf(['changes'], { description: 'What to draw from.' })
  what: 'changes';

  @Whole({ min: 1, max: 1_000 }, { description: 'How many to draw.' })
  size: number;

  @Name('seed', { optional: true, description: 'Draws the same sample again. Left out, one is made.' })
  seed?: string;

  @OneOf(['environment', 'outcome'], {
    optional: true,
    description: 'Draw from each in proportion to its share of the population.',
  })
  stratifyBy?: 'environment' | 'outcome';

  @Text(2_000, { optional: true, description: 'What for, in words. No names of people.' })
  note?: string;
}

export class StartExportDto extends ChangeFilters {
  @OneOf(['changes'], { description: 'What to export.' })
  what: 'changes';

  @OneOf(EXPORT_FORMATS, { description: 'ndjson: exact, for machines. csv, xlsx: for spreadsheets. pdf: to read.' })
  format: ExportFormat;

  @NamesOf(CHANGE_FIELDS, { description: 'Fields to write, of those that a row has; changeId is always there.' })
  fields?: string | string[];

  @OneOf(['asc', 'desc'], { optional: true, description: 'asc (the default): the oldest first; desc: the newest.' })
  order?: 'asc' | 'desc';

  @Text(2_000, { optional: true, description: 'What for, in words. No names of people.' })
  note?: string;
}
