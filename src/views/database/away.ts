/** What Node says when a host cannot be reached, or does not answer. */
const NETWORK = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNABORTED'],
]);

/**
 * What PostgreSQL says: connection exceptions (class 08), too many connections, shutting down or starting, a statement
 * that took too long, and a server that became a standby.
 */
const SQL_STATES = /^(08...|53300|57P0[1235]|57014|25006)$/;

/**
 * What else passes for who projects: a transaction rolled back (class 40), disk or memory that is full (53), something
 * that is locked or in use (55), somebody's intervention (57) and the machine's own errors (58).
 */
const PASSING_STATES = /^(40|53|55|57|58)[0-9A-Z]{3}$/;

/** What the driver and TypeORM say without a code; an error that crossed from another thread has only its words left. */
const WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|terminating connection|database system is (starting|shutting|not yet)|canceling statement due to (statement timeout|user)|already released|cannot be reached:|connect E[A-Z]+|DataSource is not set|getaddrinfo E/i;

const DEPTH_MAX = 5;

/** Whether it was the database that could not be reached, or did not answer in time: later it may. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return false;
  const { code, message, driverError, cause } = error as Partial<Record<keyof Error | 'code' | 'driverError', unknown>>;
  if (code === 'database-away') return true;
  if (typeof code === 'string' && (NETWORK.has(code) || SQL_STATES.test(code))) return true;
  if (typeof message === 'string' && WORDS.test(message)) return true;
  return isDatabaseAway(driverError, depth + 1) || isDatabaseAway(cause, depth + 1);
}

/** Whether what was rolled back may be tried again: it is over by itself, or once somebody has mended the database. */
export const isDatabasePassing = (error: unknown): boolean => isDatabaseAway(error) || hasPassingState(error);

function hasPassingState(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return false;
  const { code, driverError, cause } = error as Partial<Record<'code' | 'driverError' | 'cause', unknown>>;
  if (typeof code === 'string' && PASSING_STATES.test(code)) return true;
  return hasPassingState(driverError, depth + 1) || hasPassingState(cause, depth + 1);
}
