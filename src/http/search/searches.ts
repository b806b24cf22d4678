import { Inject, Injectable } from '@nestjs/common';
import type { EventReader } from '../../event-store/port.js';
import { Views } from '../../views/views.js';
import { EVENT_STORE } from '../injection.js';
import { PATTERNS } from '../input/patterns.js';
import { GROUPS, type Group, type Hit } from './groups.js';
import { termsOf, type Terms } from './terms.js';

/** One kind of thing that was found, the best matches first. */
interface FoundGroup {
  readonly kind: string;
  readonly hits: readonly object[];
  /** More of this kind match than are told. */
  readonly more: boolean;
}

/** Finds what a person typed a piece of, in every column that an index can look into. */
@Injectable()
export class Searches {
  constructor(
    private readonly views: Views,
    @Inject(EVENT_STORE) private readonly events: EventReader,
  ) {}

  async find(query: string, bounds: { position: number; limit: number }): Promise<FoundGroup[]> {
    const terms = termsOf(query);
    const groups: FoundGroup[] = [];
    for (const [kind, look] of Object.entries(GROUPS)) {
      const group = await look(this.views.search, terms, bounds);
      if (group.hits.length > 0 || group.more) groups.push(shown(kind, group, { terms, limit: bounds.limit }));
    }
    const event = await this.eventOf(query.toLowerCase(), bounds.position);
    return event ? [...groups, event] : groups;
  }

  /** An event is known by its whole id, in the ledger itself. */
  private async eventOf(id: string, position: number): Promise<FoundGroup | undefined> {
    const event = PATTERNS.uuid.test(id) ? await this.events.findById(id) : undefined;
    if (!event || event.position > position) return undefined;
    const { type, stream, recordedAt } = event;
    const matched = { field: 'id', value: id, exact: true };
    const facts = { id, type, stream, position: event.position, recordedAt };
    return { kind: 'events', hits: [{ ...facts, matched, link: `/v1/events/${id}` }], more: false };
  }
}

/** What was typed in full comes before what only begins with it; otherwise the order in which it was found stays. */
function shown(kind: string, { hits, more }: Group, { terms, limit }: { terms: Terms; limit: number }): FoundGroup {
  const isExact = ({ matched }: Hit) =>
    Object.values<readonly string[]>({ ...terms })
      .flat()
      .includes(matched.value);
  const ranked = [...hits.filter(isExact), ...hits.filter((hit) => !isExact(hit))];
  const keys = new Set<string>();
  const once = ranked.filter(({ key }) => !keys.has(key) && keys.add(key));
  return {
    kind,
    hits: once.slice(0, limit).map((hit) => ({
      ...hit.facts,
      matched: { ...hit.matched, exact: isExact(hit) },
      link: hit.link,
    })),
    more: more || once.length > limit,
  };
}
