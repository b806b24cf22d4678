import { Name, Text } from '../input/fields.js';
import { ReadQuery } from './queries.js';

export class InclusionQuery extends ReadQuery {
  @Name('count', { optional: true, description: 'The event’s position; or eventId.' })
  position?: string;

  @Name('uuid', { optional: true, description: 'The event’s id; or position.' })
  eventId?: string;

  @Name('count', { optional: true, description: 'Entries of the tree that it is proven in. Left out, the newest one.' })
  size?: string;
}

export class ConsistencyQuery extends ReadQuery {
  @Name('count', { description: 'Entries of the earlier tree; at least 1.' })
  from: string;

  @Name('count', { optional: true, description: 'Entries of the later tree. Left out, the newest one.' })
  to?: string;
}

export class RotateKeyDto {
  @Text(2_000, { description: 'Why, in words. No names of people.' })
  reason: string;
}
