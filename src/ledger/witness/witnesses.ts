import type { SignedCheckpoint } from './client.js';
import type { WitnessErrorCode } from './errors.js';
import type { WitnessSettings } from './settings.js';
import { WitnessTurns, type Patience, type WitnessedLog, type WitnessStatus } from './turns.js';

export const PATIENCE: Patience = { timeoutMs: 10_000, firstPauseMs: 1_000, longestPauseMs: 60_000 };

/** What says that our own log is not what it was. */
const ALARMING: ReadonlySet<string> = new Set<WitnessErrorCode>(['tree-ahead', 'tree-forked']);

/** How it stands with all witnesses. */
export interface WitnessesStatus {
  /** So many must have cosigned a checkpoint before it is published. */
  readonly required: number;
  readonly witnesses: readonly WitnessStatus[];
}

export interface WitnessesOptions {
  readonly log: WitnessedLog;
  readonly patience?: Patience;
  /** Called when a cosignature was kept, and when a witness has failed. */
  readonly onChange?: () => void;
}

/**
 * Has signed checkpoints cosigned by all witnesses, each at its own pace: none waits for another, and whoever seals
 * waits for none.
 */
export class Witnesses {
  private readonly turns: readonly WitnessTurns[];
  private readonly log: WitnessedLog;
  /** What is being cosigned. */
  private current?: SignedCheckpoint;
  private newest?: SignedCheckpoint;

  constructor(
    private readonly settings: WitnessSettings,
    { log, patience = PATIENCE, onChange }: WitnessesOptions,
  ) {
    this.log = log;
    const changed = (): void => {
      this.advance();
      onChange?.();
    };
    this.turns = settings.witnesses.map((witness) => new WitnessTurns(witness, { log, patience, onChange: changed }));
  }

  /** A checkpoint that was signed and is durable. Sizes only grow; the same again is nothing new. */
  offer(checkpoint: SignedCheckpoint): void {
    if (checkpoint.size === this.newest?.size) return;
    this.newest = checkpoint;
    this.advance();
  }

  /**
   * Shows every witness a checkpoint, though it may have cosigned it before, and waits until each has answered or has
   * failed once. Before the first checkpoint of a start is signed this tells whether an old ledger was put in the place of
   * a newer one, which nothing in its own folder can.
   */
  async ask(checkpoint: SignedCheckpoint): Promise<void> {
    this.newest = checkpoint;
    this.current = checkpoint;
    await Promise.all(this.turns.map((turns) => turns.ask(checkpoint)));
  }

  status(): WitnessesStatus {
    return { required: this.settings.required, witnesses: this.turns.map((turns) => turns.status()) };
  }

  async close(): Promise<void> {
    await Promise.all(this.turns.map((turns) => turns.close()));
  }

  private advance(): void {
    const { current, newest } = this;
    if (!newest || newest === current) return;
    // Where several must cosign the same size, the next waits for them: each running after the newest by itself, they
    // might never meet.
    if (current && this.settings.required > 1 && !this.hasEnough(current.size)) return;
    this.current = newest;
    for (const turns of this.turns) turns.offer(newest);
  }

  private hasEnough(size: number): boolean {
    const cosigned = this.settings.witnesses.filter(({ verifier }) => this.log.cosignedSize(verifier.text) >= size);
    return cosigned.length >= this.settings.required;
  }
}

/** Witnesses that hold another tree of this log, in a sentence; undefined where none says so. */
export function alarmOf({ witnesses }: WitnessesStatus): string | undefined {
  const alarming = witnesses.filter(({ problem }) => problem && ALARMING.has(problem.code));
  if (alarming.length === 0) return undefined;
  return (
    `Another ledger was signed under this log's name, or this one is an older copy of it. ${told(alarming)}. ` +
    'No checkpoint is signed any more.'
  );
}

/** Witnesses that do not cosign for now, in a sentence; undefined where all do. */
export function troubleOf({ witnesses }: WitnessesStatus): string | undefined {
  const troubled = witnesses.filter(({ problem }) => problem);
  return troubled.length > 0 ? `${told(troubled)}.` : undefined;
}

const told = (witnesses: readonly WitnessStatus[]): string =>
  witnesses.map(({ name, url, problem }) => `The witness ${name} at ${url} ${problem?.message}`).join('. ');
