import { LedgerError } from '../../errors.js';
import type { OpenedCheckpoint } from '../../note/checkpoint.js';
import type { Quorum } from '../cosignatures.js';
import { counted, type Findings } from '../findings.js';
import type { Verified } from '../ledger.js';
import { LogKeys } from '../log-keys.js';
import type { Kept } from '../seals.js';
import { keyRows, openCheckpoint, originOf } from './checkpoint.js';
import { checkEntry } from './entry.js';
import { Erasures } from './erasures.js';
import { Lines } from './lines.js';
import { isOfRange, parseManifest, type Manifest } from './manifest.js';
import { checkMembers, textOf, type Members } from './members.js';
import { Population } from './population.js';
import { readZip } from './zip.js';

export interface PackagePlan {
  readonly zip: Buffer;
  readonly trusted: readonly string[];
  readonly kept: Kept | undefined;
  readonly quorum: Quorum;
  readonly findings: Findings;
  readonly onProgress: (done: number, total: number) => void;
}

/** How many events are looked at between two looks at the rest of the world. */
const TURN = 500;

/**
 * Checks everything that an evidence package claims, from its members alone.
 *
 * @throws LedgerError `malformed-package` for what is no ZIP file, or cannot be held against the checkpoint that was kept
 */
export async function verifyPackage(plan: PackagePlan): Promise<Verified> {
  const { zip, trusted, findings, onProgress } = plan;
  const members = unpack(zip, findings);
  if (!members) return { ...NOTHING, root: new Population(findings).root(), checks: findings.results() };
  checkMembers(members, findings);
  const manifest = parseManifest(textOf(members, 'manifest.json'), findings);
  const keys = LogKeys.check(originOf(members, manifest), keyRows(members), trusted, findings);
  const checkpoint = openCheckpoint(members, keys, plan);
  const { population, erasures } = await checkEntries(members, checkpoint, findings, (done) =>
    onProgress(done, manifest?.population.count ?? done),
  );
  if (manifest) checkManifest(manifest, checkpoint, population, findings);
  findings.looked('manifest', 'numbers and runs as they are in the package');
  return {
    ...{ origin: keys.origin, keys: keys.texts, events: population.count, erased: population.erased },
    erasuresShown: erasures.shown,
    sealed: Number(checkpoint?.size ?? 0),
    root: population.root(),
    checks: findings.results(),
  };
}

const NOTHING = { origin: undefined, keys: [], events: 0, erased: 0, erasuresShown: 0, sealed: 0 };

/** Of a ZIP file that is damaged nothing else can be said. */
function unpack(zip: Buffer, findings: Findings): Members | undefined {
  try {
    return readZip(zip);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'damaged-package') throw error;
    findings.add('members', 'wrong-member', error.message);
    return undefined;
  }
}

async function checkEntries(
  members: Members,
  checkpoint: OpenedCheckpoint | undefined,
  findings: Findings,
  onChecked: (done: number) => void,
): Promise<{ population: Population; erasures: Erasures }> {
  const names = ['leaves.ndjson', 'proofs.txt', 'events.ndjson'] as const;
  const files = names.map((name) => new Lines(members.get(name) ?? Buffer.alloc(0)));
  const [population, erasures] = [new Population(findings), new Erasures(findings)];
  for (let line = 1; ; line++) {
    const [leaf, proof, event] = files.map((file) => file.next());
    if (!leaf || !proof || !event) {
      const ended = [leaf, proof, event].filter((one) => !one).length;
      if (ended < names.length)
        findings.add('members', 'wrong-member', `${names.join(', ')} have not the same number of lines`);
      break;
    }
    const entry = checkEntry({ line, leaf, proof, event }, checkpoint, findings);
    population.add(entry);
    erasures.add(entry);
    if (line % TURN > 0) continue;
    onChecked(line);
    await new Promise((resolve) => setImmediate(resolve));
  }
  erasures.finish();
  const { count } = population;
  findings.looked('leaves', counted(count, 'leaf', 'leaves'));
  const leads = `${counted(count, 'leads', 'lead')} to the root that was signed`;
  findings.looked('proofs', checkpoint ? leads : 'no root to lead to');
  findings.looked(
    'events',
    `what is shown of ${counted(count, 'event')} is what ${count === 1 ? 'its leaf says' : 'their leaves say'}`,
  );
  return { population, erasures };
}

function checkManifest(
  manifest: Manifest,
  checkpoint: OpenedCheckpoint | undefined,
  population: Population,
  findings: Findings,
): void {
  const wrong = (what: string): void => findings.add('manifest', 'wrong-manifest', `the manifest ${what}`);
  if (checkpoint && checkpoint.size !== BigInt(manifest.size))
    wrong(`says ${manifest.size} entries, and the checkpoint is of ${checkpoint.size}`);
  if (manifest.position >= manifest.size)
    wrong(`is as of position ${manifest.position}, which the checkpoint does not cover`);
  if (population.last > manifest.position)
    wrong(`is as of position ${manifest.position}, and there is an event from position ${population.last}`);
  for (const name of ['disclosed', 'withheld', 'erased'] as const) {
    if (manifest[name] !== population[name])
      wrong(`says ${manifest[name]} events ${name}, and there are ${population[name]}`);
  }
  const { count, root } = manifest.population;
  findings.looked('population', `${counted(population.count, 'event')} under the root ${population.root()}`);
  if (count !== population.count || root !== population.root()) {
    const what = `the manifest has a population of ${count} under the root ${root}, and the leaves are ${population.count} under ${population.root()}`;
    findings.add('population', 'other-population', what);
  }
  if (isOfRange(manifest) && population.gap !== undefined) {
    const what = `its query asks for every event from the first to the last, and that at position ${population.gap} is missing`;
    findings.add('population', 'other-population', what, { position: population.gap });
  }
  for (const run of manifest.complete) {
    if (population.has(run)) continue;
    const what = `revisions ${run.from} to ${run.to} of ${run.stream} are said to be complete, and are not`;
    findings.add('population', 'other-population', what);
  }
}
