import { canonicalize } from 'json-canonicalize';
import type { RecordedEvent } from '../../event-store/port.js';
import { CompactRange } from '../merkle/compact-range.js';
import { keptParts, type Part } from './lines.js';

export const PACKAGE_FORMAT = 'cairn-evidence/1';

/** Of the stream, every event from one revision to the other is in the package. */
export interface Run {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

/** What a package says that it is; see `docs/tamper-evidence.md`. */
export interface Manifest {
  readonly format: typeof PACKAGE_FORMAT;
  readonly origin: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** What the ledger knew at this position was looked at. */
  readonly position: number;
  /** Of the checkpoint. */
  readonly size: number;
  readonly population: { readonly count: number; readonly root: string };
  /** Events of which everything is shown that the ledger still has, and others. */
  readonly disclosed: number;
  readonly withheld: number;
  /** Events whose remarks were erased. */
  readonly erased: number;
  readonly complete: readonly Run[];
}

/** A line of RFC 8785 text; the texts of a query are sorted already. */
export const manifestText = (manifest: Manifest): string => `${canonicalize(manifest)}\n`;

/** What a manifest tells of the events, which come in order of position. */
export class EventTally {
  readonly #tree = new CompactRange();
  readonly #runs = new Map<string, Run[]>();
  #kept = 0;
  #erased = 0;

  add(event: RecordedEvent, leafHash: Buffer, withheld: ReadonlySet<Part>): void {
    this.#tree.add(leafHash);
    if (keptParts(event, withheld).length > 0) this.#kept += 1;
    if (event.remarks === null) this.#erased += 1;
    this.#addToRun(event);
  }

  result(): Pick<Manifest, 'population' | 'disclosed' | 'withheld' | 'erased' | 'complete'> {
    const { size: count } = this.#tree;
    const runs = [...this.#runs.values()].flat().filter(({ from, to }) => to > from);
    return {
      population: { count, root: this.#tree.root().toString('hex') },
      ...{ disclosed: count - this.#kept, withheld: this.#kept, erased: this.#erased },
      complete: runs.sort((a, b) => (a.stream === b.stream ? a.from - b.from : a.stream < b.stream ? -1 : 1)),
    };
  }

  #addToRun({ stream, revision }: RecordedEvent): void {
    const runs = this.#runs.get(stream) ?? [];
    const last = runs.at(-1);
    if (last?.to === revision - 1) runs[runs.length - 1] = { ...last, to: revision };
    else runs.push({ stream, from: revision, to: revision });
    this.#runs.set(stream, runs);
  }
}
