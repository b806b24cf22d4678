/** An event must fit 65,535 bytes; what the ledger adds to a body has room in what is left. */
export const BODY_BYTES_MAX = 60 * 1024;
export const IMPORT_BYTES_MAX = 4 * 1024 * 1024;
export const IMPORT_LINES_MAX = 1_000;

/** Writes that may wait at once. More would only wait longer than their callers do. */
export const WRITES_IN_FLIGHT_MAX = 2_000;

/** Exports that may wait or be written at once. */
export const EXPORTS_WAITING_MAX = 20;
/** Records of exports that are kept, however small their files are. */
export const EXPORTS_KEPT_MAX = 1_000;

/** How long a request waits for its export to be done, unless it says otherwise, and at most. */
export const EXPORT_WAIT_MS = 1_000;
export const EXPORT_WAIT_MAX_MS = 30_000;

/** How long a write that asks for it waits at most for the seal of its event, and a receipt unless it asks otherwise. */
export const SEAL_WAIT_MAX_MS = 30_000;
export const SEAL_WAIT_MS = 1_000;
/** Writes that may wait for a seal at once. Whoever comes then is answered as if they had not asked. */
export const SEAL_WAITS_MAX = 2_000;

/** How long a read waits for the views to see what it asks for. */
export const VIEWS_WAIT_MS = 2_000;

/** How long a report, a sample or an export waits for them: it is of all that the ledger holds. */
export const EVIDENCE_WAIT_MS = 30_000;

/** How long an evidence package waits for a checkpoint that covers it. */
export const PACKAGE_SEAL_WAIT_MS = 10_000;

/** How long requests in flight may take to finish once the server is told to stop. */
export const SHUTDOWN_MS = 10_000;

/** Connections at once; one more is closed before it says anything. */
export const CONNECTIONS_MAX = 4_096;

/**
 * How long a connection may keep the server waiting. An import of 4 MiB has five minutes, which a line of 115 kbit/s can
 * do; headers come in one packet and have fifteen seconds. None of these bounds an answer: an export may be read for
 * hours, as long as something is read every five minutes. Idle connections outlive those of the usual load balancers,
 * which must be the first to close.
 */
export const TIMEOUTS = {
  requestTimeout: 300_000,
  connectionTimeout: 300_000,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 },
};
