import { Name } from '../input/fields.js';

export class SignInQuery {
  @Name('returnPath', { optional: true, description: 'Path of this server to come back to. Left out, /v1/me.' })
  to?: string;
}

/** Nothing needs to be said, and nothing that is said is read. */
export class SignOutDto {}
