import { Entity } from 'typeorm';
import { KeyText, OptionalText, Position } from './columns.js';

/** How far a view has come. Written in the transaction that writes the view's rows. */
@Entity({ name: 'view_checkpoints', withoutRowid: true })
export class ViewCheckpoint {
  @KeyText() view: string;
  /** Version of the projector that wrote the rows; another one starts again from nothing. */
  @Position() version: number;
  /** Last position that the rows know of, -1 for none. */
  @Position() position: number;
  /** Id of the event there: rows of another ledger are recognised by it. */
  @OptionalText() eventId: string | null;
}
