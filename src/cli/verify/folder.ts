import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEventReader, openLedgerAudit, STREAMS } from '../../adapters.js';
import { refold } from '../../commands/aggregates/refold.js';
import { isAtServer, serverOf } from '../../config.js';
import type { Snapshot } from '../../event-store/port.js';
import { parseSigningKey } from '../../ledger/note/keys.js';
import { addDamage, Findings } from '../../ledger/verify/findings.js';
import { auditSeals, auditTree } from '../../ledger/verify/files.js';
import { verifyLedger, type Verified } from '../../ledger/verify/ledger.js';
import { CliError } from '../errors.js';
import { grouped, startProgress } from '../progress.js';
import { configFor } from '../server-options.js';
import type { Trust } from './options.js';
import type { Outcome } from './print-verified.js';

export interface FolderOptions {
  readonly data: string | undefined;
  /** Whether snapshots are folded anew. */
  readonly snapshots: boolean;
}

/** Verifies a data folder, or the ledger that the settings name, with the seals that are in the folder. */
export async function verifyFolder({ data, snapshots }: FolderOptions, trust: Trust): Promise<Outcome> {
  const { dataFolder, eventStore } = configFor(data === undefined ? {} : { data });
  if (!existsSync(dataFolder)) throw new CliError('input', `There is no folder ${dataFolder}.`, 'Name it with --data.');
  const findings = new Findings();
  // The events last: what is sealed and stored by now is in the ledger by then.
  const seals = openIfThere(join(dataFolder, 'seals.db'), findings, auditSeals);
  const tree = openIfThere(join(dataFolder, 'tree.db'), findings, auditTree);
  if (!existsSync(join(dataFolder, 'seals.db'))) {
    const what = 'seals.db is not there: nothing says what the ledger was, and nothing can make it anew';
    findings.add('files', 'missing-file', what);
  }
  const ledger = await openLedgerAudit(eventStore).catch((error: unknown) => unlessDamaged(error, findings));
  const progress = startProgress('verify');
  const startedAt = Date.now();
  try {
    const onProgress = (done: number, total: number): void => {
      const rate = grouped(done / Math.max(0.001, (Date.now() - startedAt) / 1000));
      progress.update(done, total, `${grouped(done)} of ${grouped(total)} events, ${rate}/s`);
    };
    const reader = ledger && (await openEventReader(eventStore).catch(unlessToldOf));
    const refoldFrom =
      reader && snapshots ? (stream: string, snapshot: Snapshot) => refold(reader, stream, snapshot) : undefined;
    const plan = { ledger, tree, seals, prefixes: STREAMS, ...trust, findings, refold: refoldFrom, onProgress };
    const verified = await verifyLedger(plan).finally(() => reader?.close());
    checkSigningKey(join(dataFolder, 'signing.key'), verified, findings);
    const subject = isAtServer(eventStore) ? `${serverOf(eventStore)} with ${dataFolder}` : dataFolder;
    return { ...verified, checks: findings.results(), kind: 'ledger', subject, isTrustGiven: trust.trusted.length > 0 };
  } finally {
    progress.stop();
    await ledger?.close();
    tree?.close();
    seals?.close();
  }
}

/** A file that is damaged from its first page is a finding like any other. */
function openIfThere<Audit>(file: string, findings: Findings, open: (file: string) => Audit): Audit | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return open(file);
  } catch (error) {
    addDamage(file, findings, error);
    return undefined;
  }
}

function unlessDamaged(error: unknown, findings: Findings): undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'corrupt') throw error;
  findings.add('files', 'damaged-file', String(message));
}

/** A header that is not a ledger's was found when the file was inspected. */
function unlessToldOf(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'corrupt') throw error;
}

/** Whoever checks a copy need not have it, and should not. It may be an older one where a setting gives the newest. */
function checkSigningKey(file: string, { keys }: Verified, findings: Findings): void {
  if (!existsSync(file)) return;
  const wrong = (what: string): void => findings.add('keys', 'malformed-key', `signing.key ${what}`);
  try {
    const { verifier } = parseSigningKey(readFileSync(file, 'utf8').trimEnd());
    if (!keys.includes(verifier.text)) wrong('is none of the keys of this log');
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    wrong(code === 'malformed-key' ? 'is damaged' : `cannot be read: ${String(message)}`);
  }
}
