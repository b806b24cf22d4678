import type { EventStoreDBClient } from '@eventstore/db-client';
import { loadKurrentAddress } from '../../config.js';
import { CliError } from '../errors.js';
import { serverError } from './errors.js';
import type { ProjectionFile } from './files.js';

/** A projection as the server has it. */
export interface Deployed {
  readonly text: string;
  readonly isEmitting: boolean;
  readonly isEnabled: boolean;
  readonly engineVersion: number;
}

export interface Status {
  readonly name: string;
  /** In the server's words: `Running`, `Stopped`, `Faulted (Enabled)` and the like. */
  readonly state: string;
  /** Percent of the events that it has seen. */
  readonly progress: number;
  readonly eventsSinceStart: bigint;
  /** Why it is in that state; empty unless something is wrong. */
  readonly reason: string;
}

/** What the server writes of a projection whenever it is changed: the newest event of `$projections-<name>`. */
interface PersistedState {
  readonly Query?: string;
  readonly EmitEnabled?: boolean;
  readonly Enabled?: boolean;
  readonly Deleted?: boolean;
  readonly EngineVersion?: number;
}

/** The projections of the server that CAIRN_EVENT_STORE names. */
export class ProjectionServer {
  private constructor(private readonly client: EventStoreDBClient) {}

  /** @throws ConfigError for a setting that names no such server; nothing is sent yet */
  static async of(environment: NodeJS.ProcessEnv): Promise<ProjectionServer> {
    const address = loadKurrentAddress(environment);
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    try {
      return new ProjectionServer(EventStoreDBClient.connectionString(address));
    } catch (error) {
      // The client's own message repeats the address with its password, so it is no cause to show either.
      const isFile = error instanceof Error && /certificate/i.test(error.message);
      const message = isFile
        ? `CAIRN_EVENT_STORE names a certificate file that cannot be read.`
        : 'CAIRN_EVENT_STORE cannot be understood: it must be like esdb://admin:<password>@host:2113?tls=true.';
      throw new CliError('config', message);
    }
  }

  /** Every continuous projection on the server, whoever's. */
  async statuses(): Promise<Status[]> {
    const all = await asked(this.client.listProjections());
    return all.map(
      ({ name, status, progress, eventsProcessedAfterRestart: eventsSinceStart, stateReason: reason }) => ({
        ...{ name, state: status, progress, eventsSinceStart, reason },
      }),
    );
  }

  /**
   * Neither the client nor its protocol has a call for a projection's text. It is in the stream that the server itself
   * loads the projection from.
   */
  async deployed(name: string): Promise<Deployed | undefined> {
    const state = await asked(this.#persistedState(name));
    if (state?.Query === undefined || state.Deleted === true) return undefined;
    return {
      text: state.Query,
      isEmitting: state.EmitEnabled === true,
      isEnabled: state.Enabled === true,
      engineVersion: state.EngineVersion ?? 1,
    };
  }

  /** The state of one partition, as the projection's own code left it; what it is for one it never saw is the server's. */
  stateOf(name: string, partition: string): Promise<unknown> {
    return asked(this.client.getProjectionState<unknown>(name, { partition }));
  }

  create({ name, text, isEmitting }: ProjectionFile): Promise<void> {
    return asked(this.client.createProjection(name, text, { emitEnabled: isEmitting }));
  }

  /**
   * Puts the new text in the place of the old one and begins anew: a state that other code has gathered is not what
   * this code would have gathered. The text comes after the reset, so that a deployment that is cut off is seen as
   * unfinished by the next one.
   */
  async replace({ name, text, isEmitting }: ProjectionFile): Promise<void> {
    await asked(this.client.disableProjection(name));
    await asked(this.client.resetProjection(name));
    // An update that does not say whether it emits turns emitting off.
    await asked(this.client.updateProjection(name, text, { emitEnabled: isEmitting }));
    await this.enable(name);
  }

  enable(name: string): Promise<void> {
    return asked(this.client.enableProjection(name));
  }

  close(): Promise<void> {
    return this.client.dispose();
  }

  async #persistedState(name: string): Promise<PersistedState | undefined> {
    const events = this.client.readStream(`$projections-${name}`, {
      ...{ direction: 'backwards', fromRevision: 'end', maxCount: 1 },
    });
    let newest: PersistedState | undefined;
    try {
      // Read to its end, although it is one event: the client waits for a stream that was left before.
      for await (const { event } of events) newest = event?.data as PersistedState | undefined;
    } catch (error) {
      if ((error as { type?: unknown }).type !== 'stream-not-found') throw error;
    }
    return newest;
  }
}

/** `Running` alone, or with what it is about: `Running/Reading`. */
export const isRunning = ({ state }: Pick<Status, 'state'>): boolean => /^(?:Starting|Running)/.test(state);

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw serverError(error);
  }
}
