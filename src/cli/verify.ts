import { Option, type Command } from 'commander';
import { CliError } from './errors.js';
import { EXIT_CODES } from './exit-codes.js';
import type { FolderOptions } from './verify/folder.js';
import { trustOf, type Trust, type TrustOptions } from './verify/options.js';
import { isRight, printJson, printText, type Outcome } from './verify/print-verified.js';
import { verifyViews, WAIT_SECONDS, type CrossCheckOptions } from './verify/views.js';

interface VerifyOptions extends TrustOptions, CrossCheckOptions {
  readonly crossCheck?: true;
  readonly snapshots: boolean;
}

const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `cairn verify`: holds what Cairn says against something that does not depend on it. */
export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('prove that no event of a ledger or of an evidence package was changed, moved or left out; offline')
    .argument('[package]', 'evidence package (ZIP); left out, the data folder is verified')
    .option('--data <folder>', 'folder of the ledger and its seals (CAIRN_DATA, default data)')
    .option('--key <verifier key>', 'whom to trust; can be given several times', several)
    .option('--checkpoint <file>', 'a checkpoint from before, which must be a beginning of this log')
    .option('--witness <verifier key>', 'whose cosignature is wanted; can be given several times', several)
    .option('--quorum <number>', 'how many of the witnesses must have signed; left out, all')
    .option('--no-snapshots', 'do not fold the snapshots anew, which takes about as long as the rest')
    .option('--json', 'the result as JSON')
    .option('--cross-check', 'compare the tables’ known-good state with that of the KurrentDB server’s own projection')
    .addOption(
      new Option(
        '--wait <seconds>',
        `with --cross-check: how long a side that is behind is waited for, 0 to ${WAIT_SECONDS.max}`,
      ).default(String(WAIT_SECONDS.usual)),
    )
    .addHelpText(
      'after',
      `
Every leaf is recomputed from the events as they are stored, then the tree over them and the root of every checkpoint.
The first event that is wrong is named, and how. Files are only read; a server may run meanwhile. Events at a KurrentDB
(CAIRN_EVENT_STORE) are held against the seals in the data folder. Without --key the log's own first key is trusted.

With --cross-check, two derivations of the same events that share no code are compared: the tables of CAIRN_DATABASE,
and the projection cairn-known-good on the server of CAIRN_EVENT_STORE, with an administrator's credentials.

Exit codes: 0 right or equal, 1 wrong or different, 66 where there is nothing to verify, 69 where a server cannot be
asked or has not caught up, 78 wrong setting.

Examples:
  $ cairn verify --data /var/lib/cairn --key 'ledger.example.org+1f2e3d4c+AZ…' --checkpoint last-year.txt
  $ cairn verify evidence.zip --key 'ledger.example.org+1f2e3d4c+AZ…'
  $ cairn verify --cross-check`,
    )
    .action(verify);
}

async function verify(file: string | undefined, options: VerifyOptions): Promise<void> {
  const { crossCheck, data, json, snapshots } = options;
  if (crossCheck && file !== undefined)
    throw new CliError('usage', 'A package has no tables: leave out --cross-check.');
  if (crossCheck) return verifyViews(options);
  if (file !== undefined && data !== undefined) {
    throw new CliError('usage', 'Name either a package or a folder: both have keys of their own.');
  }
  const trust = trustOf(options);
  const outcome = await (file === undefined ? folder({ data, snapshots }, trust) : evidence(file, trust));
  (json ? printJson : printText)(outcome);
  if (!isRight(outcome)) process.exitCode = EXIT_CODES.failed;
}

async function folder(what: FolderOptions, trust: Trust): Promise<Outcome> {
  const { verifyFolder } = await import('./verify/folder.js');
  return verifyFolder(what, trust);
}

async function evidence(file: string, trust: Trust): Promise<Outcome> {
  const { verifyEvidence } = await import('./verify/package.js');
  return verifyEvidence(file, trust);
}
