import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliError } from '../errors.js';
import type { Tally } from './tally.js';

/** How far an import came: what `FILE.progress` holds. */
export interface ImportState {
  readonly lines: number;
  /** SHA-256 of those lines, so that a changed file is noticed. */
  readonly sha256: string;
  /** The server that has taken them: what one has acknowledged another does not know. */
  readonly url: string;
  readonly tally: Tally;
}

const VERSION = 1;

/** The state file beside an input. It only saves work: without it every line is safe to send again. */
export class StateFile {
  private isWritable = true;

  constructor(
    readonly path: string,
    private readonly onProblem: (message: string) => void,
  ) {}

  load(): ImportState | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return parseState(text) ?? this.refuseUnreadable();
  }

  /** Whole or not at all: a kill between the two calls leaves the state before. */
  save(state: ImportState): void {
    if (!this.isWritable) return;
    try {
      writeFileSync(`${this.path}.tmp`, JSON.stringify({ version: VERSION, ...state }));
      renameSync(`${this.path}.tmp`, this.path);
    } catch (error) {
      this.isWritable = false;
      this.onProblem(
        `${this.path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}): a stopped import will start from the first line. That is safe, since no line is taken twice.`,
      );
    }
  }

  remove(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      this.onProblem(`${this.path} cannot be removed. The import is complete; remove it by hand.`);
    }
  }

  private refuseUnreadable(): never {
    throw new CliError(
      'input',
      `${this.path} is not a progress file of an import.`,
      'Start from the first line with --restart.',
    );
  }
}

function parseState(text: string): ImportState | undefined {
  try {
    const state = JSON.parse(text) as Partial<ImportState> & { version?: unknown };
    const isWhole =
      state.version === VERSION && Number.isSafeInteger(state.lines) && typeof state.sha256 === 'string' && state.tally;
    return isWhole ? (state as ImportState) : undefined;
  } catch {
    return undefined;
  }
}
