import type { ApiClient } from '../api-client.js';
import { CliError, toCliError } from '../errors.js';
import { EXIT_CODES } from '../exit-codes.js';
import { grouped, startProgress, type Progress } from '../progress.js';
import { cutBatches, type Batch, type BatchBounds } from './batches.js';
import { openSource, splitLines, type Source } from './lines.js';
import { RETRY, sendBatch } from './send.js';
import { StateFile } from './state-file.js';
import { countAnswer, emptyTally, notAccepted, sum, type Tally } from './tally.js';

export interface ImportPlan {
  readonly file: string;
  readonly bounds: BatchBounds;
  readonly restart: boolean;
}

export interface ImportOutcome {
  readonly tally: Tally;
  /** Lines of the file that are acknowledged. */
  readonly lines: number;
  /** Ctrl-C ended it before the file's end. */
  readonly isStopped: boolean;
  /** What ended it before the file's end, if it was an error. */
  readonly stop?: CliError;
}

/** Sends the file batch by batch, keeping after each how far it came. */
export async function runImport(client: ApiClient, plan: ImportPlan): Promise<ImportOutcome> {
  const stateFile = plan.file === '-' ? undefined : new StateFile(`${plan.file}.progress`, say);
  if (plan.restart) stateFile?.remove();
  const source = openSource(plan.file);
  const before = stateFile?.load();
  if (before) assertSameServer(before.url, client.url, stateFile?.path ?? '');
  if (before) say(`Going on after line ${grouped(before.lines)}, which an earlier run had acknowledged.`);
  const run = new Run(client, source, before?.tally ?? emptyTally(), before?.lines ?? 0);
  const stopListening = onInterrupt(run);
  try {
    for await (const batch of cutBatches(splitLines(source.chunks), plan.bounds, before)) {
      if (run.isStopped) break;
      await run.send(batch);
      stateFile?.save({ lines: batch.lines, sha256: batch.sha256, url: client.url, tally: run.tally });
    }
    if (!run.isStopped) stateFile?.remove();
    return { tally: run.tally, lines: run.lines, isStopped: run.isStopped };
  } catch (error) {
    if (run.isStopped) return { tally: run.tally, lines: run.lines, isStopped: true };
    const stop = toCliError(error);
    // What is wrong before anything was answered is said alone, without an empty table.
    if (run.lines === 0 || stop.reason === 'input') throw stop;
    return { tally: run.tally, lines: run.lines, isStopped: false, stop };
  } finally {
    stopListening();
    run.progress.stop();
  }
}

class Run {
  readonly progress: Progress = startProgress('import');
  private readonly abort = new AbortController();
  private readonly startedAt = Date.now();
  private readonly linesBefore: number;

  constructor(
    private readonly client: ApiClient,
    private readonly source: Source,
    readonly tally: Tally,
    public lines: number,
  ) {
    this.linesBefore = lines;
  }

  get isStopped(): boolean {
    return this.abort.signal.aborted;
  }

  stop(): void {
    this.abort.abort();
  }

  async send(batch: Batch): Promise<void> {
    const answers = batch.sent.length === 0 ? [] : await sendBatch(this.client, batch, this.sendOptions());
    answers.forEach((answer, index) => {
      const line = batch.sent[index];
      if (line) countAnswer(this.tally, answer, line);
    });
    this.lines = batch.lines;
    this.show();
  }

  private sendOptions(): Parameters<typeof sendBatch>[2] {
    return {
      retry: RETRY,
      signal: this.abort.signal,
      onWait: (message, delayMs) => say(`\n${message} Trying again in ${(delayMs / 1000).toFixed(1)} s.`),
    };
  }

  private show(): void {
    const seconds = Math.max(0.001, (Date.now() - this.startedAt) / 1000);
    const rate = grouped((this.lines - this.linesBefore) / seconds);
    const counts = `${grouped(sum(this.tally.accepted))} accepted, ${grouped(notAccepted(this.tally))} not`;
    this.progress.update(
      this.source.bytesRead(),
      this.source.bytesTotal,
      `${grouped(this.lines)} lines, ${rate}/s · ${counts}`,
    );
  }
}

/** The first Ctrl-C waits for the batch in flight, the second does not: what it sent is safe to send again. */
function onInterrupt(run: Run): () => void {
  const onSignal = (): void => {
    if (run.isStopped) process.exit(EXIT_CODES.interrupted);
    say('\nStopping after the batch in flight; Ctrl-C again stops at once.');
    run.stop();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
}

function assertSameServer(before: string, now: string, path: string): void {
  if (before === now) return;
  throw new CliError(
    'input',
    `${path} tells of an import to ${before}, and this one goes to ${now}.`,
    `Go on with --url ${before}, or send the whole file here with --restart.`,
  );
}

const say = (message: string): void => {
  process.stderr.write(`${message}\n`);
};
