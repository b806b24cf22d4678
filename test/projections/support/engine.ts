import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import type { StoredEvent } from './stored.js';

export interface Ran<State> {
  /** `event` is `<revision>@<stream>` of what was linked. */
  readonly links: readonly { readonly stream: string; readonly event: string; readonly isLink: boolean }[];
  /** State by partition; that of a projection without partitions is under the empty name. */
  readonly states: Readonly<Record<string, State>>;
  /** State of its partition after each event that was handled, where it was asked for. */
  readonly steps: readonly { readonly partition: string; readonly state: State }[];
  readonly source: { readonly type: string };
  readonly settings: { readonly emitsEvents: boolean };
}

interface RunOptions {
  readonly wantsSteps?: boolean;
}

interface Engine {
  run<State>(file: string, events: readonly StoredEvent[], options?: RunOptions): Promise<Ran<State>>;
  stop(): void;
}

/**
 * The real projection engine, or why it cannot be had here: its native library needs glibc 2.38. Where the system's is
 * older, one that `tools/newer-libc.sh` has unpacked is taken.
 */
export async function startEngine(): Promise<Engine | { readonly unavailable: string }> {
  let unavailable = '';
  for (const command of [[process.execPath], newerLibc()]) {
    if (!command) continue;
    const host = new Host(command);
    try {
      await host.ask({ source: 'fromAll().when({})', events: [] });
      return { run: (file, events, options) => host.run(file, events, options), stop: () => host.stop() };
    } catch (error) {
      unavailable = (error as Error).message;
    }
  }
  return { unavailable };
}

/** `describe`, or `describe.skip` and a line that says why. */
export function describeOn(engine: Engine | { readonly unavailable: string }): {
  readonly describeOnEngine: typeof describe | typeof describe.skip;
  readonly engine: Engine;
} {
  if (!('unavailable' in engine)) return { describeOnEngine: describe, engine };
  process.stderr.write(`Skipped, since the projection engine cannot be loaded here: ${engine.unavailable}\n`);
  const refuse = () => Promise.reject(new Error(engine.unavailable));
  return { describeOnEngine: describe.skip, engine: { run: refuse, stop: () => undefined } };
}

function newerLibc(): string[] | undefined {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cairn/glibc/lib');
  try {
    const loader = readdirSync(folder).find((name) => name.startsWith('ld-linux-'));
    // What the folder does not have, such as the C++ library, is the system's.
    const system = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
    if (loader === undefined) return undefined;
    return [join(folder, loader), '--library-path', `${folder}:${system}`, process.execPath];
  } catch {
    return undefined;
  }
}

class Host {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #said = '';

  constructor([command = '', ...args]: readonly string[]) {
    this.#process = spawn(command, [...args, join(import.meta.dirname, 'engine-host.js')]);
    this.#process.stderr.on('data', (text: Buffer) => (this.#said += text.toString()));
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', (error) => this.#fail(error.message));
    this.#process.on('close', () => this.#fail(/^.*GLIBC.*$/m.exec(this.#said)?.[0] ?? this.#said.trim()));
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line));
  }

  async run<State>(file: string, events: readonly StoredEvent[], options: RunOptions = {}): Promise<Ran<State>> {
    const source = readFileSync(join(import.meta.dirname, '../../../projections', `${file}.js`), 'utf8');
    const answer = JSON.parse(await this.ask({ source, events, ...options })) as Ran<State> | { fault: string };
    if ('fault' in answer) throw new Error(answer.fault);
    return answer;
  }

  ask(question: object): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  stop(): void {
    this.#process.stdin.end();
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(why || 'its process ended'));
  }
}
