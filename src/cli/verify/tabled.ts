import type { ViewReader } from '../../views/reader.js';

/** What the tables say of an environment at a revision of its stream. */
export interface Tabled {
  /** The last revision up to the one that was asked for; below it where the tables have not come so far. */
  readonly seen: number;
  /** Revision of the last event that moved the live set. */
  readonly revision: number;
  readonly services: readonly { readonly service: string; readonly digest: string }[];
}

/** The environment as it was at the revision, whatever came since; nothing where the tables know none of its events. */
export async function tabledAt(views: ViewReader, environment: string, revision: number): Promise<Tabled | undefined> {
  const last = await lastEvent(views, environment, revision);
  if (!last) return undefined;
  const state = await views.knownGood.stateAt(environment, { position: last.position });
  return { seen: last.revision, revision: state.revision, services: state.services };
}

/** The newest revision of the environment's stream that the tables know; -1 for none. */
export async function lastTabled(views: ViewReader, environment: string): Promise<number> {
  return (await lastEvent(views, environment))?.revision ?? -1;
}

async function lastEvent(views: ViewReader, environment: string, revision?: number) {
  const upTo = { position: await views.position(), ...(revision !== undefined && { revision }) };
  return views.events.lastOf(`environment-${environment}`, upTo);
}
