/** Names under which the wiring provides what has no class of its own. */
export const EVENT_STORE = Symbol('EventStore');
export const LOG = Symbol('Log');
