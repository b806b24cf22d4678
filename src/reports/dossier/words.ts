/** There is nothing to tell, and why: never an empty place that a reader has to guess about. */
export interface None {
  readonly none: string;
}

/** Nothing in the ledger says this yet. */
export interface NotRecorded {
  readonly recorded: false;
  /** What would have to be written for it to be told. */
  readonly needs: string;
}

/** Where something is said: the event, and its path. */
export interface SaidBy {
  readonly eventId: string;
  readonly position: number;
  readonly link: string;
}

export const none = (why: string): None => ({ none: why });

export const notRecorded = (needs: string): NotRecorded => ({ recorded: false, needs });

export const isNone = (value: object): value is None => 'none' in value;

export const eventLink = (eventId: string): string => `/v1/events/${eventId}`;
export const changeLink = (changeId: string): string => `/v1/changes/${changeId}`;

export const saidBy = ({ id, position }: { readonly id: string; readonly position: number }): SaidBy => ({
  eventId: id,
  position,
  link: eventLink(id),
});
