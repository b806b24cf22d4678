import type { CommandBus } from '@nestjs/cqrs';
import { createHash } from 'node:crypto';
import { TrustEnvelope } from './commands/envelope.js';
import { TRUST_STREAM } from './domain/streams.js';
import type { EventReader } from './event-store/port.js';

const ACTOR = 'admin';
/** What nobody's stream of settings has had. */
const REVISIONS_MAX = 100_000;

/**
 * Writes down which Sigstore instances are trusted, where that is not what was written last. Servers that start together
 * with the same settings write it once.
 */
export async function recordTrustedRoots(
  commands: CommandBus,
  store: Pick<EventReader, 'readStream'>,
  texts: readonly string[],
): Promise<void> {
  const roots = texts.map((text) => ({ digest: createHash('sha256').update(text).digest('hex'), text }));
  const revision = (await store.readStream(TRUST_STREAM, 0, REVISIONS_MAX)).length;
  if (revision === 0 && roots.length === 0) return;
  const key = `trusted roots ${revision} ${createHash('sha256').update(texts.join('\n')).digest('hex')}`;
  const envelope = { actor: ACTOR, channel: 'api', idempotencyKey: key } as const;
  await commands.execute(new TrustEnvelope({ kind: 'trust-roots', roots, remarks: {} }, envelope));
}
