import type { Command } from 'commander';
import { loadConfig, loadKurrentAddress, serverOf } from '../config.js';
import type { Outcome, Phase } from '../migrate/migrate.js';
import { EXIT_CODES } from './exit-codes.js';
import { openLedgerFile, readLedgerFile } from './ledger-file.js';
import { grouped, startProgress, type Progress } from './progress.js';

interface MigrateOptions {
  readonly data?: string;
  readonly from?: string;
  readonly verify?: boolean;
}

/** `cairn migrate`: copies a ledger's file to a KurrentDB, event by event, and reads all of it back. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('copy a ledger from its file to the KurrentDB of CAIRN_EVENT_STORE; the server must be stopped')
    .option('--data <folder>', 'folder of the ledger (CAIRN_DATA, default data)')
    .option('--from <file>', 'the ledger’s file, where it is not ledger.db in that folder')
    .option('--verify', 'write nothing: read back what was copied and compare it')
    .addHelpText(
      'after',
      `
Ids, streams, revisions, order, positions and times of record stay what they are, and so does the leaf hash of every
event, which is compared at the end. The file is only read. A run that was stopped or killed goes on where it was when
it is started again; until it says that it is done, no server opens the copy.

Examples:
  $ export CAIRN_EVENT_STORE='esdb://cairn:<password>@kurrentdb:2113?tls=true&tlsCAFile=/certs/ca.crt'
  $ cairn migrate --data /var/lib/cairn
  $ cairn migrate --data /var/lib/cairn --verify`,
    )
    .action(migrateLedger);
}

async function migrateLedger(options: MigrateOptions): Promise<void> {
  const url = loadKurrentAddress(process.env);
  const [{ openMoveTarget }, { migrate }] = await Promise.all([
    import('../adapters.js'),
    import('../migrate/migrate.js'),
  ]);
  const isVerifyOnly = options.verify ?? false;
  const source = await (isVerifyOnly ? readLedgerFile : openLedgerFile)(sourceOf(options));
  const shown = new Shown(serverOf(url));
  const interruption = onInterrupt();
  try {
    const target = await openMoveTarget(url);
    try {
      const outcome = await migrate({
        source,
        target,
        isVerifyOnly,
        signal: interruption.signal,
        onProgress: (phase, done, total) => shown.update(phase, done, total),
      });
      shown.stop();
      tell(outcome, isVerifyOnly);
    } finally {
      await target.close();
    }
  } finally {
    interruption.ignore();
    shown.stop();
    await source.close();
  }
}

function sourceOf({ data, from }: MigrateOptions): string {
  if (from !== undefined) return `sqlite:${from.replace(/^sqlite:/, '')}`;
  const { CAIRN_DATA } = process.env;
  return loadConfig({ CAIRN_DATA: data ?? CAIRN_DATA }).eventStore;
}

function tell(outcome: Outcome, isVerifyOnly: boolean): void {
  const { head, events, stoppedAfter, differences, told, stranger, before, since, root } = outcome;
  if (stoppedAfter !== undefined) {
    const done = isVerifyOnly ? 'Stopped' : `Stopped after ${grouped(stoppedAfter)} of ${counted(head + 1)}`;
    console.error(`${done}. Run the same command again to ${isVerifyOnly ? 'compare them' : 'go on from there'}.`);
    process.exitCode = EXIT_CODES.interrupted;
    return;
  }
  for (const { position, what } of told) console.error(`Position ${position}: ${what}.`);
  if (differences > 0) {
    console.error(`${grouped(differences)} of ${counted(events)} are not the same there.`);
    process.exitCode = EXIT_CODES.failed;
    return;
  }
  if (stranger !== undefined) {
    console.error(`Somebody else wrote there during the move: ${stranger} is none of this ledger’s.`);
    process.exitCode = EXIT_CODES.failed;
    return;
  }
  if (!isVerifyOnly && before > 0) console.log(`${counted(before)} had been copied before.`);
  if (since > 0) console.log(`${counted(since)} ${since === 1 ? 'was' : 'were'} added there since it was moved.`);
  console.log(`${counted(head + 1)}, the last at position ${head}: all leaf hashes are the same there as here.`);
  console.log(`Root of the ledger (RFC 6962, SHA-256): ${root}`);
  if (outcome.isFinished) return;
  console.error('The move was never finished, so no server opens it: run the same command without --verify.');
  process.exitCode = EXIT_CODES.failed;
}

const counted = (events: number): string => `${grouped(events)} event${events === 1 ? '' : 's'}`;

const LABELS: Readonly<Record<Phase, string>> = { copy: 'copy', compare: 'compare', scan: 'look for others’' };

/** How long nothing is said while the server has not answered. */
const SILENT_MS = 1_000;

/** A bar for each phase, and before the first one what is waited for. */
class Shown {
  private readonly connecting: NodeJS.Timeout;
  private phase: Phase | undefined;
  private progress: Progress | undefined;
  private startedAt = 0;
  private doneBefore = 0;

  constructor(server: string) {
    this.connecting = setTimeout(() => console.error(`Connecting to ${server}…`), SILENT_MS);
  }

  update(phase: Phase, done: number, total: number): void {
    if (phase !== this.phase) {
      this.stop();
      this.phase = phase;
      this.progress = startProgress(LABELS[phase]);
      this.startedAt = Date.now();
      this.doneBefore = done;
    }
    const seconds = Math.max(0.001, (Date.now() - this.startedAt) / 1000);
    const rate = grouped((done - this.doneBefore) / seconds);
    this.progress?.update(done, total, `${grouped(done)} of ${grouped(total)} events, ${rate}/s`);
  }

  stop(): void {
    clearTimeout(this.connecting);
    this.progress?.stop();
    this.progress = undefined;
  }
}

/** The first Ctrl-C waits for the batch in hand, the second does not: either way the next run goes on. */
function onInterrupt(): { signal: AbortSignal; ignore: () => void } {
  const abort = new AbortController();
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(EXIT_CODES.interrupted);
    console.error('\nStopping after the batch in hand; Ctrl-C again stops at once.');
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return { signal: abort.signal, ignore: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}
