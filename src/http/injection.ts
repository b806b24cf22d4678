/** Names under which the wiring provides what has no class of its own. */
export const EVENT_STORE = Symbol('EventStore');
export const LOG = Symbol('Log');

/** The {@link Workshop} that answers readers who wait: reports, samples. */
export const REPORTS_WORKSHOP = Symbol('REPORTS_WORKSHOP');

/** Where exports are kept, and how much of them. */
export const EXPORTS_SETTINGS = Symbol('EXPORTS_SETTINGS');

/** The {@link Workshop} of exports, which can take long. */
export const EXPORTS_WORKSHOP = Symbol('EXPORTS_WORKSHOP');

/** The {@link SealedLedger}: the signed checkpoints and what proves that an event is under them. */
export const SEALED_LEDGER = Symbol('SEALED_LEDGER');

/** The {@link SignIn}; null where people do not sign in. */
export const SIGN_IN = Symbol('SIGN_IN');
