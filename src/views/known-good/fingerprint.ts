import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import { compareCodeUnits } from '../order.js';

/**
 * One value for what is live in an environment, so that two environments, or two moments, compare at a glance: the
 * SHA-256 in hex of the RFC 8785 form of `[[service, digest], …]`, sorted by service in code unit order.
 */
export function fingerprintOf(services: readonly { readonly service: string; readonly digest: string }[]): string {
  const pairs = services
    .map(({ service, digest }) => [service, digest] as const)
    .sort(([left], [right]) => compareCodeUnits(left, right));
  return createHash('sha256').update(canonicalize(pairs)).digest('hex');
}
