import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { isAtServer, type Config } from '../config.js';
import type { ErasurePlan } from '../erase/erase.js';
import type { Eraser } from '../event-store/erase.js';
import { PATTERN_HINTS, PATTERNS } from '../http/input/patterns.js';
import { visible } from '../reports/document/visible.js';
import { CliError } from './errors.js';
import { EXIT_CODES } from './exit-codes.js';
import { assertThere } from './ledger-file.js';
import { grouped, startProgress } from './progress.js';
import { configFor } from './server-options.js';

interface EraseOptions {
  readonly reason: string;
  readonly by: string;
  readonly data?: string;
  readonly yes?: boolean;
}

/** As long as any other reason. */
const REASON_MAX = 2_000;

/** `cairn erase`: takes an event's remarks out of the ledger, and out of all that is derived from it here. */
export function addErase(program: Command): void {
  program
    .command('erase')
    .description('erase the remarks (reason, ticket) of events, never their facts; the server must be stopped')
    .argument('<eventId...>', 'the events whose remarks go')
    .requiredOption('--reason <text>', 'why, in words; stays in the ledger for good')
    .option('--by <subject>', 'who erases, as the ledger shall know them', 'admin')
    .option('--data <folder>', 'folder of the ledger and its views (CAIRN_DATA, default data)')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .addHelpText(
      'after',
      `
The event stays, and so does its leaf: a proof that was given still verifies. What was said is overwritten in the
ledger's files, exports in the data folder are removed, and the views are made anew. Backups, exports and reports that
were handed out are beyond its reach.

Example:
  $ cairn erase 0193a1f2-7c11-7d0e-9c1b-3f6a2f4e8d10 --reason 'named a customer' --by auditor-7`,
    )
    .action(erase);
}

async function erase(ids: string[], options: EraseOptions): Promise<void> {
  const reason = options.reason.trim();
  check(ids, { ...options, reason });
  const config = configFor(options);
  if (isAtServer(config.eventStore)) {
    throw new CliError(
      'config',
      'Remarks can be erased in a ledger’s file only: a KurrentDB keeps every event as it was written.',
      'Name the folder of the file with --data, or leave CAIRN_EVENT_STORE out.',
    );
  }
  assertThere(config.eventStore);
  const [{ openEraser }, { planErasures }] = await Promise.all([import('../adapters.js'), import('../erase/erase.js')]);
  const eraser = openEraser(config.eventStore);
  try {
    const plan = await planErasures(eraser, ids, reason);
    sayWithout(plan);
    if (plan.toErase.length === 0) {
      // A run that was stopped may have left their bytes in the file.
      if (plan.without.some(({ why }) => why === 'erased-already')) wipe(eraser);
      return;
    }
    if (!options.yes && !(await isConfirmed(plan))) {
      console.error('Nothing was erased.');
      process.exitCode = EXIT_CODES.failed;
      return;
    }
    await eraseAll(eraser, plan, { config, actor: options.by });
    wipe(eraser);
  } finally {
    await eraser.close();
  }
}

function check(ids: readonly string[], { reason, by, yes }: EraseOptions): void {
  const wrong = ids.find((id) => !PATTERNS.uuid.test(id));
  if (wrong !== undefined) throw new CliError('usage', `${visible(wrong)} is no event’s id: ${PATTERN_HINTS.uuid}.`);
  if (reason === '' || reason.length > REASON_MAX) {
    throw new CliError('usage', `--reason takes 1 to ${grouped(REASON_MAX)} characters.`);
  }
  if (!PATTERNS.subject.test(by)) throw new CliError('usage', `--by takes ${PATTERN_HINTS.subject}.`);
  if (!yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new CliError('usage', 'There is no terminal to ask on.', 'What is erased is gone: say so with --yes.');
  }
}

function sayWithout({ without }: ErasurePlan): void {
  const words = { 'erased-already': 'were erased before', 'no-remarks': 'are empty' } as const;
  for (const { target, why } of without) {
    console.log(`The remarks of ${target.id} ${words[why]}: nothing is done.`);
  }
}

async function isConfirmed({ toErase }: ErasurePlan): Promise<boolean> {
  for (const { target } of toErase) {
    const { id, type, stream, recordedAt, position, remarks } = target;
    console.error(`${id}  ${type} of ${visible(stream)}, position ${position}, ${recordedAt}`);
    console.error(`  ${visible(remarks ?? '')}`);
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close it, and would leave the question without an answer.
  const abort = new AbortController();
  prompt.once('close', () => abort.abort());
  const answer = await prompt
    .question('Erase these remarks? They cannot be brought back. Type "erase": ', { signal: abort.signal })
    .catch(() => '');
  prompt.close();
  return answer.trim() === 'erase';
}

/**
 * What is derived goes first: whatever stops this in between, nothing that was erased is left in a table that nobody
 * would fill anew.
 */
async function eraseAll(eraser: Eraser, { toErase }: ErasurePlan, by: { config: Config; actor: string }) {
  const { config, actor } = by;
  const [{ eraseRemarks }, { rebuildViews }] = await Promise.all([
    import('../erase/erase.js'),
    import('../views/rebuild.js'),
  ]);
  const progress = startProgress('views');
  let exports = 0;
  try {
    await rebuildViews({
      eventStore: config.eventStore,
      database: config.database,
      whileEmpty: () => {
        exports = removeExports(config.exports.folder);
        for (const planned of toErase) eraseRemarks(eraser, planned, { actor, now: new Date() });
      },
      onProgress: (position, head) =>
        progress.update(position + 1, head + 1, `${grouped(position + 1)} of ${grouped(head + 1)} events`),
    });
  } finally {
    progress.stop();
  }
  for (const { target } of toErase) console.log(`The remarks of ${target.id} are erased.`);
  if (exports > 0) {
    const files = exports === 1 ? '1 file of an export was' : `${grouped(exports)} files of exports were`;
    console.log(`${files} removed; who needs one asks for it again.`);
  }
  console.log('Backups, and exports and reports that were handed out before, still have them.');
}

function wipe(eraser: Eraser): void {
  if (eraser.wipe()) return;
  throw new CliError(
    'inUse',
    'They are erased, but another process reads the ledger, and its write-ahead log still has their bytes.',
    'Stop that process, and run the same command again.',
  );
}

/** Files of exports have notes and tickets in them. Each can be asked for again, and then is without. */
function removeExports(folder: string): number {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder);
  rmSync(folder, { recursive: true });
  return names.filter((name) => !/\.(json|part)$/.test(name)).length;
}
