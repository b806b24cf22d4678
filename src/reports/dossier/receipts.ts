import type { Facts } from './facts.js';
import { eventLink } from './words.js';

/** What each of the change's events was acknowledged with, and the way to the event itself. */
export interface ReceiptFact {
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** Stream → revision of what the decision saw. */
  readonly decidedAgainst?: Readonly<Record<string, number>>;
  readonly link: string;
}

export const receiptsOf = ({ own }: Facts): ReceiptFact[] =>
  own.map(({ id, type, stream, revision, position, occurredAt, recordedAt, meta }) => ({
    ...{ eventId: id, type, stream, revision, position, occurredAt, recordedAt },
    ...(meta.decidedAgainst && { decidedAgainst: meta.decidedAgainst }),
    link: eventLink(id),
  }));
