import { PARTS } from '../../ledger/evidence/lines.js';
import { nodesOf } from '../../ledger/tree/nodes.js';
import type { LogKey, Seal } from '../../ledger/sealed-ledger.js';
import { FileSink } from '../exports/file-sink.js';
import type { ExportResult } from '../exports/render-export.js';
import type { Job } from '../workshop/job.js';
import { Archive } from './archive.js';
import { gatherEvidence, LEAVES_MAX, TooMuchEvidenceError, type EvidenceScope, type Gathered } from './gather.js';
import { writePackage, type PackageContent } from './package.js';
import { Withholding } from './withholding.js';

export interface EvidenceInput extends EvidenceScope {
  readonly query: PackageContent['query'];
  /** Rules of {@link Withholding}. */
  readonly withhold: readonly string[];
  readonly origin: string;
  readonly seal: Pick<Seal, 'size' | 'root' | 'note'>;
  readonly keys: readonly LogKey[];
  /** Where to write it. */
  readonly file: string;
}

/** How many leaves a package would have, one more than it takes when there are too many, and what is not there. */
export const countEvidence: Job<EvidenceScope, Pick<Gathered, 'leaves' | 'unknown'>> = async (scope, context) => {
  try {
    const { leaves, unknown } = await gatherEvidence(scope, context);
    return { leaves, unknown };
  } catch (error) {
    if (error instanceof TooMuchEvidenceError) return { leaves: LEAVES_MAX + 1, unknown: [] };
    throw error;
  }
};

/** Writes the package of what is asked for under one checkpoint, and tells what proves which it was. */
export const renderEvidence: Job<EvidenceInput, ExportResult> = async (input, context) => {
  const { events, progress, openTree } = context;
  const { asked, leaves } = await gatherEvidence(input, context);
  progress(0, leaves);
  const [first = 0] = asked;
  const positions = input.isRange ? Array.from({ length: leaves }, (_, index) => first + index) : asked;
  const rules = new Withholding(input.withhold);
  const wanted = new Set(asked);
  const withheld: PackageContent['withheld'] = (event) =>
    wanted.has(event.position) ? rules.of(event) : new Set(PARTS);
  // What is copied between threads is a plain array of bytes.
  const seal = { ...input.seal, root: Buffer.from(input.seal.root) };
  const tree = openTree();
  const sink = new FileSink(input.file, { isHashed: true });
  try {
    const archive = new Archive((chunks) => sink.write(chunks));
    const sources = {
      events,
      nodes: nodesOf((level, index) => tree.tile(level, index), seal.size),
      progress: (done: number, total: number) => progress(Math.floor((done / total) * leaves), leaves),
    };
    const population = await writePackage({ ...input, seal, positions, withheld }, sources, archive);
    const { bytes, digest = '' } = sink.end();
    return { population, bytes, digest };
  } finally {
    sink.close();
    tree.close();
  }
};
