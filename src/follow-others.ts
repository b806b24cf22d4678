import type { AccessEvent } from './domain/access/events.js';
import type { EventStore, RecordedEvent, Subscription } from './event-store/port.js';
import type { PipelinesByClaims } from './http/access/oidc/pipelines-by-claims.js';
import type { OthersTokens } from './http/access/others-tokens.js';
import type { TokenDirectory } from './http/access/token-directory.js';
import type { Log } from './http/problems/to-problem.js';
import type { Views } from './views/views.js';

interface Followers {
  readonly from: number;
  readonly views: Pick<Views, 'notify'>;
  readonly tokens: Pick<TokenDirectory, 'apply'>;
  readonly pipelines: Pick<PipelinesByClaims, 'apply'>;
  readonly othersTokens: OthersTokens;
  readonly log: Log;
}

/** Tells this server of what other servers of the same ledger have appended: its views, and who may come in. */
export function followOthers(
  store: EventStore,
  { from, views, tokens, pipelines, othersTokens, log }: Followers,
): Subscription {
  const take = (events: readonly RecordedEvent[]): void => {
    for (const { stream, type, data, recordedAt, revision } of events) {
      if (stream.startsWith('pipeline-')) pipelines.apply(type, JSON.parse(data), revision);
      if (!stream.startsWith('access-')) continue;
      tokens.apply({ type, data: JSON.parse(data) as unknown } as Pick<AccessEvent, 'type' | 'data'>, recordedAt);
    }
    const last = events.at(-1);
    if (last) {
      othersTokens.reached(last.position);
      views.notify(last.position);
    }
  };
  return store.subscribe(from, take, (error) => {
    othersTokens.end();
    log(`what other servers write is not followed any more: ${error instanceof Error ? error.message : String(error)}`);
  });
}
