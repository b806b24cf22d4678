/**
 * The second opinion: what an environment's known-good state and the refusals have to be, worked out row by row on
 * plain maps. It shares no code with the product, on purpose, and is as short as the rules allow.
 */
export interface Row {
  readonly time: string;
  readonly environment: string;
  readonly service: string;
  /** Absent: the service is retired. */
  readonly digest?: string;
  readonly component?: string;
  readonly version?: string;
  /** Whether this row's digest is baked just before it. */
  readonly bakes: boolean;
}

export interface Live {
  readonly digest: string;
  readonly component: string;
  readonly version: string;
  /** Index of the row that put it there. */
  readonly row: number;
}

/** What is live after some row, and the stream revision of the event that last changed it. */
export interface Expected {
  readonly live: ReadonlyMap<string, Live>;
  readonly revision: number;
}

interface Environment {
  readonly promotesFrom: string | undefined;
  readonly live: Map<string, Live>;
  readonly everLive: Set<string>;
  /** Revision of its stream's last event, and of the last that changed what is live. */
  last: number;
  changed: number;
}

export class StraightLine {
  private readonly baked = new Set<string>();
  private readonly environments: Map<string, Environment>;
  private row = -1;

  constructor(stages: Record<string, string | undefined>) {
    this.environments = new Map(
      Object.entries(stages).map(([name, promotesFrom]) => [
        name,
        { promotesFrom, live: new Map(), everLive: new Set(), last: 0, changed: 0 },
      ]),
    );
  }

  /** Takes the next row and says why it has to be refused, if it has to be. */
  next(row: Row): string | undefined {
    this.row += 1;
    const environment = this.environment(row.environment);
    if (row.digest === undefined) return this.retire(environment, row.service);
    if (row.bakes) this.baked.add(row.digest);
    if (!this.baked.has(row.digest)) return 'artifact-unknown';
    if (environment.live.get(row.service)?.digest === row.digest) {
      environment.last += 1;
      return undefined;
    }
    const { promotesFrom } = environment;
    if (promotesFrom !== undefined && !this.environment(promotesFrom).everLive.has(row.digest)) return 'stage-skipped';
    environment.live.set(row.service, {
      digest: row.digest,
      component: row.component ?? '',
      version: row.version ?? '',
      row: this.row,
    });
    environment.everLive.add(row.digest);
    environment.changed = environment.last += 1;
    return undefined;
  }

  /** A copy of what is live now. */
  state(name: string): Expected {
    const { live, changed } = this.environment(name);
    return { live: new Map(live), revision: changed };
  }

  private retire(environment: Environment, service: string): string | undefined {
    if (!environment.live.delete(service)) return 'not-deployed';
    environment.changed = environment.last += 1;
    return undefined;
  }

  private environment(name: string): Environment {
    const environment = this.environments.get(name);
    if (!environment) throw new Error(`no environment ${name}`);
    return environment;
  }
}
