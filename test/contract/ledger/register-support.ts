import { setImmediate } from 'node:timers/promises';
import type { RegisterEntry, SealRegister } from '../../../src/event-store/seal-register.js';
import type { Seal, SealerStatus } from '../../../src/ledger/sealed-ledger.js';
import { Bell } from '../../../src/ledger/sealer/bell.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { keepSealed } from '../../../src/ledger/sealer/keep-sealed.js';
import { takeLog, type LogInUse } from '../../../src/ledger/sealer/log-in-use.js';
import type { LogSettings } from '../../../src/ledger/sealer/open-log.js';
import { Sealer } from '../../../src/ledger/sealer/sealer.js';
import { goOn, type AtStep } from '../../../src/ledger/sealer/steps.js';
import { SealsReader } from '../../../src/ledger/seals/reader.js';
import { TreeStore } from '../../../src/ledger/tree/store.js';
import type { Ledger } from './support.js';

/** A register in memory, with the compare-and-swap that a store has. */
export class Register implements SealRegister {
  isMoved = false;
  entries: RegisterEntry[] = [];
  /** What every call waits for, so that others can come in between. */
  turn: () => Promise<unknown> = () => setImmediate();

  async read(from: number, limit: number): Promise<RegisterEntry[]> {
    await this.turn();
    return structuredClone(this.entries.slice(from, from + limit));
  }

  async last() {
    await this.turn();
    const entry = this.entries.at(-1);
    return entry && { index: this.entries.length - 1, entry: structuredClone(entry) };
  }

  async append(index: number, entries: readonly RegisterEntry[]): Promise<boolean> {
    await this.turn();
    if (index !== this.entries.length) return false;
    // As a store keeps them: in JSON.
    this.entries.push(...(JSON.parse(JSON.stringify(entries)) as RegisterEntry[]));
    return true;
  }

  async wasMoved(): Promise<boolean> {
    await this.turn();
    return this.isMoved;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Server extends LogInUse {
  readonly sealer: Sealer;
  readonly published: Seal[];
  readonly lines: string[];
  close(): void;
}

export interface ServerOptions {
  readonly at?: AtStep;
  readonly settings?: LogSettings;
  readonly nowMs?: () => number;
}

/** A server's sealer over a folder of its own, on a register that it shares; without one, on a ledger's file. */
export async function openServer(
  folder: string,
  ledger: Ledger,
  register: SealRegister | undefined,
  { at = goOn, settings = {}, nowMs }: ServerOptions = {},
): Promise<Server> {
  const files = logFiles(folder);
  const log = await takeLog(files, settings, { register, at });
  const published: Seal[] = [];
  const lines: string[] = [];
  const sealer = new Sealer({
    events: ledger,
    seals: log.seals,
    origin: log.origin,
    signer: log.signer,
    ...(log.shared && { shared: log.shared }),
    openTree: (isAnew) => TreeStore.openOrMake(files.tree, { at, isAnew }),
    publish: (seal) => published.push(seal),
    log: (line) => lines.push(line),
    at,
    batchEvents: 100,
    ...(nowMs && { nowMs }),
  });
  const close = (): void => {
    sealer.close();
    log.seals.close();
  };
  return { ...log, sealer, published, lines, close };
}

/** One look of a server, as its thread takes it: until there is no more to take over or to sign. */
export async function look({ sealer }: Server): Promise<void> {
  do {
    while (await sealer.integrate());
    await sealer.seal();
  } while (sealer.isBehind);
}

/** A run of a server from its start until it has looked once, whatever it has to mend. @returns what it says of itself */
export async function runServer(
  folder: string,
  ledger: Ledger,
  register: SealRegister | undefined,
  options: ServerOptions = {},
): Promise<{ states: SealerStatus[]; published: Seal[]; lines: string[]; origin: string }> {
  const server = await openServer(folder, ledger, register, options);
  const states: SealerStatus[] = [];
  const bell = new Bell();
  bell.receive({ kind: 'close' });
  try {
    await keepSealed({
      sealer: server.sealer,
      bell,
      sealIntervalMs: 1_000,
      rotate: server.rotate,
      follows: () => server.shared?.follows,
      waitsFor: () => server.shared?.waitsFor,
      post: (message) => {
        if (message.kind === 'status') states.push(message.status);
      },
    });
    return { states, published: server.published, lines: server.lines, origin: server.origin };
  } finally {
    server.close();
  }
}

/** All rows of a folder's file of seals, in order. */
export function rowsOf(folder: string) {
  const reader = SealsReader.open(logFiles(folder).seals);
  try {
    return reader.rowsAfter({ size: 0, keys: 0 }, 100_000);
  } finally {
    reader.close();
  }
}
