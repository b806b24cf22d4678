import { ROLES } from '../../domain/access/events.js';
import { Many, ManyOf, Name, OneOf, Time } from '../input/fields.js';

/** Methods that a route has. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

export class AccessLogQuery {
  @Many('subject', { description: 'Subjects that asked.' })
  subject?: string | string[];
  @ManyOf(ROLES, { description: 'Roles of their tokens.' })
  role?: string | string[];
  @ManyOf(METHODS, { description: 'Methods.' })
  method?: string | string[];
  @Many('path', { description: 'Routes as the entries name them: /v1/environments/:environment/known-good.' })
  route?: string | string[];
  @Many('path', { description: 'Beginnings of paths.' })
  path?: string | string[];
  @Many('status', { description: 'Statuses of the answers.' })
  status?: string | string[];

  @Time({ optional: true, description: 'Answered at or after this time. Left out, from the first.' })
  from?: string;

  @Time({ optional: true, description: 'Answered before this time. Left out, to the last.' })
  to?: string;

  @Name('limit', { optional: true, description: 'Rows a page, 1 to 500; 50 by default.' })
  limit?: string;

  @Name('cursor', { optional: true, description: 'Where the page before ended, as it was given there.' })
  cursor?: string;

  @OneOf(['asc', 'desc'], { optional: true, description: 'asc: the oldest first; desc (the default): the newest.' })
  order?: string;
}
