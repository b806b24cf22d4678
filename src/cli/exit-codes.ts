/** What the process's exit code says. The numbers from 64 on are those of BSD's `sysexits.h`. */
export const EXIT_CODES = {
  ok: 0,
  /** The server refused it, or not everything was accepted under `--strict`. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The input file is not there, cannot be read or is not what it was. */
  input: 66,
  /** The server cannot be reached, or the address cannot be listened on. */
  unavailable: 69,
  /** A fault of Cairn's own. */
  internal: 70,
  /** Another process has the ledger open: try again when it has stopped. */
  inUse: 75,
  /** No token, an unknown one, or one whose role may not do this. */
  denied: 77,
  /** A setting is wrong. */
  config: 78,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitReason = keyof typeof EXIT_CODES;
