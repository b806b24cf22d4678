import { Many, OneOf, Text } from '../input/fields.js';
import { ChangeFilters } from './changes.js';

/** Which events to prove: those of the changes of a filter, of some changes, or single ones. */
export class StartEvidenceDto extends ChangeFilters {
  @Many('uuid', { description: 'Changes, instead of filters.' })
  changeId?: string | string[];

  @Many('uuid', { description: 'Single events, instead of filters.' })
  event?: string | string[];

  @OneOf(['range'], {
    optional: true,
    description: 'range: with the leaf of every event between the first and the last, so that none can be missing.',
  })
  completeness?: 'range';

  @Many('withholding', {
    description:
      'Texts to keep back: data, meta, remarks or all; after a colon, of which events, by id or by type with *.',
  })
  withhold?: string | string[];

  @Text(2_000, { optional: true, description: 'What for, in words. No names of people.' })
  note?: string;
}
