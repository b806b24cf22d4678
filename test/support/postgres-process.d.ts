export interface PostgresProcess {
  /** Of its database `postgres`. */
  readonly url: string;
  /** `crash` ends it at once, `stop` in good order. It comes back at the same address. */
  tell(command: 'start' | 'stop' | 'crash'): Promise<void>;
  close(): Promise<void>;
}

export function startPostgres(): Promise<PostgresProcess>;
