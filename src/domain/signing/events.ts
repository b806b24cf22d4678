import type { DomainEvent } from '../event.js';

/** Another key signs the ledger's checkpoints from here on. What proves it is the statement that both keys sign. */
export type LedgerKeyRotated = DomainEvent<
  'LedgerKeyRotated.v1',
  {
    /** 0-based, in the order of use. */
    readonly number: number;
    /** C2SP signed-note verifier key. */
    readonly verifierKey: string;
    /** The first size that it signs. */
    readonly fromSize: number;
  },
  { readonly reason: string }
>;

/** Stream `signing-keys`. */
export type SigningEvent = LedgerKeyRotated;
