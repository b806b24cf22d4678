import type { SignerIdentity } from '../../domain/artifact/events.js';
import type { IdentityDto } from '../dto/pipeline.js';
import { invalidRequest } from '../input/read-dto.js';

/** At these issuers anybody has certificates, and the name says in its beginning whose workflow it is. */
const OWNED: ReadonlyMap<string, RegExp> = new Map([
  ['https://token.actions.githubusercontent.com', /^https:\/\/github\.com\/[^*/]+\//],
  ['https://gitlab.com', /^https:\/\/gitlab\.com\/[^*/]+\//],
]);

/** @throws HttpProblem `invalid-request` for a name that anybody's certificate could have */
export function toIdentity({ san, issuer }: IdentityDto, index: number): SignerIdentity {
  const form = OWNED.get(issuer) ?? /[^*]/;
  if (!san.includes('*') || form.test(san)) return { san, issuer };
  const example = OWNED.has(issuer) ? ', with its owner before any *' : '';
  const detail = `must say whose certificates they are${example}: anybody may have one of ${issuer}`;
  throw invalidRequest([{ field: `identities.${index}.san`, detail }]);
}
