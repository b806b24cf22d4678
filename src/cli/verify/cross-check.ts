import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprintOf } from '../../views/known-good/fingerprint.js';
import type { Projected } from './projected.js';
import type { Tabled } from './tabled.js';

/** The two derivations, each asked for one environment at a time. */
export interface Derivations {
  projected(environment: string): Promise<Projected | undefined>;
  /** At a revision of the environment's stream, or at the last one before it that the tables know. */
  tabled(environment: string, revision: number): Promise<Tabled | undefined>;
  /** The newest revision that the tables know; -1 for none. */
  lastTabled(environment: string): Promise<number>;
}

/** One derivation of an environment. */
export interface Side {
  /** Revision of the last event of the environment's stream that it knows; -1 for none. */
  readonly seen: number;
  /** Revision of the last one that moved the live set, and the live set's fingerprint, where they were compared. */
  readonly moved?: number;
  readonly fingerprint?: string;
}

export interface Compared {
  readonly environment: string;
  /** `behind`: as far as both know it they agree, and one of them does not know as much as it should. */
  readonly outcome: 'equal' | 'different' | 'behind';
  /** The revision at which they were compared; absent where there is none that both can tell of. */
  readonly revision?: number;
  readonly projection: Side;
  readonly view: Side;
  /** Events of the stream that the projection could not read. */
  readonly skipped: number;
  /** Services with another digest on either side; a service that is not live there has none. */
  readonly differences: readonly { readonly service: string; readonly projection?: string; readonly view?: string }[];
}

const WIDTH = 8;
const POLL_MS = 250;

/**
 * Compares both derivations of every environment, each at the revision of its own stream that the projection has come
 * to: the tables can tell of any past one, so that a ledger which grows meanwhile is no difference. A side that is
 * behind where the tables were at the beginning, or where the projection is now, is waited for, and a difference is
 * believed when it is seen twice.
 */
export async function crossCheck(
  environments: readonly string[],
  derivations: Derivations,
  patienceMs: number,
): Promise<Compared[]> {
  const deadline = Date.now() + patienceMs;
  const goals = new Map<string, number>();
  await eachOf(environments, async (name) => void goals.set(name, await derivations.lastTabled(name)));
  const found = new Map<string, Compared>();
  let open = environments;
  // Once more after the deadline, for what was seen to differ for the first time.
  for (let late = 0; open.length > 0 && late < 2; late += Date.now() >= deadline ? 1 : 0) {
    if (found.size > 0) await sleep(POLL_MS);
    const settled = new Set<string>();
    await eachOf(open, async (name) => {
      const compared = await compare(name, derivations, goals.get(name) ?? -1);
      const isSeenTwice = compared.outcome === 'different' && found.get(name)?.outcome === 'different';
      if (compared.outcome === 'equal' || isSeenTwice) settled.add(name);
      found.set(name, compared);
    });
    open = open.filter((name) => !settled.has(name));
  }
  return environments.flatMap((name) => found.get(name) ?? []);
}

async function compare(environment: string, derivations: Derivations, goal: number): Promise<Compared> {
  const projected = await derivations.projected(environment);
  const seen = projected?.seen ?? -1;
  const skipped = projected?.skipped ?? 0;
  const tabled = projected && (await derivations.tabled(environment, seen));
  if (!projected || tabled?.seen !== seen) {
    const sides = { projection: { seen }, view: { seen: tabled?.seen ?? (projected ? -1 : goal) } };
    return { environment, outcome: 'behind', ...sides, skipped, differences: [] };
  }
  const services = Object.entries(projected.live).map(([service, digest]) => ({ service, digest }));
  const projection = { seen, moved: projected.revision, fingerprint: fingerprintOf(services) };
  const view = {
    seen: Math.max(seen, goal),
    ...{ moved: tabled.revision, fingerprint: fingerprintOf(tabled.services) },
  };
  const isSame = projection.fingerprint === view.fingerprint && projection.moved === view.moved;
  return {
    ...{ environment, outcome: !isSame ? 'different' : seen < goal ? 'behind' : 'equal' },
    ...{ revision: seen, projection, view, skipped },
    differences: differencesOf(new Map(Object.entries(projected.live)), tabled.services),
  };
}

function differencesOf(live: ReadonlyMap<string, string>, services: Tabled['services']): Compared['differences'] {
  const tabled = new Map(services.map(({ service, digest }) => [service, digest]));
  return [...new Set([...live.keys(), ...tabled.keys()])]
    .sort()
    .filter((service) => live.get(service) !== tabled.get(service))
    .map((service) => {
      const [projection, view] = [live.get(service), tabled.get(service)];
      return { service, ...(projection !== undefined && { projection }), ...(view !== undefined && { view }) };
    });
}

/** A few at a time: there may be ten thousand environments. */
async function eachOf(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  const left = names[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const name of left) await work(name);
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}
