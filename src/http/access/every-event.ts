import type { EventReader, RecordedEvent } from '../../event-store/port.js';

const PAGE = 1_000;

/** The events of all streams whose name starts with a prefix, up to the head. */
export async function* everyEvent(
  events: Pick<EventReader, 'readCategory'>,
  prefix: string,
): AsyncGenerator<RecordedEvent> {
  for (let from = 0; ;) {
    const page = await events.readCategory(prefix, from, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    from = last.position + 1;
  }
}
