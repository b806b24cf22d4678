import { checkCosignatures } from './cosignatures.js';
import { addDamage, type CheckResult, type Findings } from './findings.js';
import { LogKeys } from './log-keys.js';
import type { LedgerPlan } from './plan.js';
import type { TreeAudit } from './ports.js';
import { Walk } from './walk.js';

export interface Verified {
  readonly origin: string | undefined;
  /** Verifier keys of the log, in the order of use. */
  readonly keys: readonly string[];
  readonly events: number;
  readonly erased: number;
  /** Of these, those of which the event that records the erasure was seen. */
  readonly erasuresShown: number;
  /** Of the newest checkpoint whose root the events make. */
  readonly sealed: number;
  /** Over all events, in hex. */
  readonly root: string;
  readonly checks: readonly CheckResult[];
}

/**
 * Recomputes everything that a ledger claims from the events as they are stored: each leaf, the tree over them, and the
 * root of each checkpoint. What is wrong is gathered, and it goes on wherever that makes sense.
 */
export async function verifyLedger(plan: LedgerPlan): Promise<Verified> {
  const { ledger, tree, seals, findings } = plan;
  if (tree) inspect('tree.db', tree, findings);
  if (seals) inspect('seals.db', seals, findings);
  if (ledger) inspect('the ledger', ledger, findings);
  const keys = keysOf(plan);
  const walk = new Walk(plan, keys);
  await reading('the ledger', findings, () => walk.events());
  await reading('the ledger', findings, () => walk.finish());
  if (walk.sealed > 0) keys?.checkTrust(walk.sealed, findings);
  await reading('the ledger', findings, () => checkSnapshots(plan));
  await reading('seals.db', findings, () => {
    checkCosignatures(seals?.cosignatures() ?? [], plan.quorum, walk.sealed, findings);
  });
  return {
    ...{ origin: keys?.origin, keys: keys?.texts ?? [] },
    ...{ events: walk.count, erased: walk.erased, erasuresShown: walk.erased, sealed: walk.sealed, root: walk.root },
    checks: findings.results(),
  };
}

/** They are derived and can be thrown away; but as long as they are there, decisions are made on them. */
async function checkSnapshots({ ledger, findings, refold }: LedgerPlan): Promise<void> {
  if (!refold) return findings.skipped('snapshots', 'left out, as was asked');
  let count = 0;
  for (const { stream, ...snapshot } of ledger?.snapshots() ?? []) {
    count += 1;
    const outcome = await refold(stream, snapshot);
    const state = `the snapshot of ${stream} at revision ${snapshot.revision}`;
    if (outcome === 'other') findings.add('snapshots', 'altered-snapshot', `${state} is not what its events fold to`);
    if (outcome === 'unknown-version') {
      findings.add('snapshots', 'altered-snapshot', `${state} is of version ${snapshot.version}, which there is not`);
    }
  }
  if (count === 0) findings.skipped('snapshots', 'there are none');
  else findings.looked('snapshots', `${count} folded anew`);
}

function inspect(file: string, audit: Pick<TreeAudit, 'inspect'>, findings: Findings): void {
  try {
    const { damage, otherRules } = audit.inspect();
    for (const what of damage) findings.add('files', 'damaged-file', `${file} is damaged: ${what}`);
    for (const what of otherRules) findings.add('append-only rules', 'other-rules', `${file}: ${what}`);
  } catch (error) {
    addDamage(file, findings, error);
  }
}

/** Does it, with what the database says of itself meanwhile as a finding. */
async function reading(file: string, findings: Findings, read: () => void | Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    addDamage(file, findings, error);
  }
}

function keysOf({ seals, trusted, findings }: LedgerPlan): LogKeys | undefined {
  if (!seals) return keysOfTrust(trusted, findings);
  try {
    const [origin, ...more] = seals.origins();
    if (origin === undefined || more.length > 0) {
      findings.add('keys', 'malformed-key', `seals.db names ${more.length === 0 ? 'no log' : 'more than one log'}`);
    }
    return LogKeys.check(origin ?? '', seals.keys(), trusted, findings);
  } catch (error) {
    addDamage('seals.db', findings, error);
    return undefined;
  }
}

/** Where the log's own file of its keys is lost, a checkpoint that somebody kept can be by the key that they trust. */
function keysOfTrust([verifierKey]: readonly string[], findings: Findings): LogKeys | undefined {
  if (verifierKey === undefined) return undefined;
  const row = { number: 0, verifierKey, fromSize: 0, statement: null };
  return LogKeys.check(verifierKey.split('+')[0] ?? '', [row], [], findings);
}
