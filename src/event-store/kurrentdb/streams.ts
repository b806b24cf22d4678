/**
 * What Cairn keeps in KurrentDB beside the events themselves. None of these names begins like one of Cairn's own
 * streams, so none of them is ever given a position.
 */

/**
 * The ledger: a stream of links. The link at revision n names the event at position n, so that positions are dense and
 * given once because revisions are, and an append at an expected revision is the compare-and-swap.
 */
export const LEDGER_STREAM = 'cairn-ledger';

/** Where an event with this id is, or was about to be: written before the event, so that every event can be found. */
export const idStream = (id: string): string => `cairn-id-${id}`;

/** Whether a ledger is being moved here, or was: see `move-mark.ts`. */
export const MOVE_STREAM = 'cairn-move';

/** What its servers have signed of the ledger, in order: see `seal-register.ts`. */
export const SEALS_STREAM = 'cairn-seals';

/** The newest snapshot of a stream; the server forgets older ones. */
export const snapshotStream = (stream: string): string => `cairn-snapshot-${stream}`;

/** Prefixes that end in a dash take every stream that begins so; another one is the name of one stream. */
export function isOneOf(stream: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => (prefix.endsWith('-') ? stream.startsWith(prefix) : stream === prefix));
}
