import { ROLES } from '../../domain/access/events.js';
import { Many, ManyOf } from '../input/fields.js';
import { PageCursor, PageLimit, PageOrder, WindowFrom, WindowTo } from './lists.js';

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

  @WindowFrom('Answered') from?: string;

  @WindowTo('Answered') to?: string;

  @PageLimit() limit?: string;
  @PageCursor() cursor?: string;
  @PageOrder() order?: string;
}
