import type { EventReader, RecordedEvent } from '../../event-store/port.js';
import { keyMembers, keysOf } from '../../ledger/evidence/keys.js';
import { eventLine, keptParts, proofLine, saltOf, shownParts, type Part } from '../../ledger/evidence/lines.js';
import { EventTally, manifestText, PACKAGE_FORMAT, type Manifest } from '../../ledger/evidence/manifest.js';
import { remembered } from '../../ledger/evidence/nodes.js';
import { leafText } from '../../ledger/leaf.js';
import { hashLeaf } from '../../ledger/merkle/hash.js';
import { proveInclusion, type NodeSource } from '../../ledger/merkle/prove.js';
import { verifyInclusion } from '../../ledger/merkle/verify.js';
import { parseVerifierKey } from '../../ledger/note/keys.js';
import { parseNote } from '../../ledger/note/signed-note.js';
import type { LogKey, Seal } from '../../ledger/sealed-ledger.js';
import type { Archive } from './archive.js';
import { renderPage, type Listed } from './page.js';
import { stepsOf, type Example, type StepFacts } from './steps.js';

/** Events that the page lists: a browser has to open it, and a printer to print it. */
const LISTED_MAX = 1_000;

/** Events that are read at once, and positions in between that are read along rather than asked around. */
const READ_EVENTS = 256;
const GAP = 16;

export interface PackageContent {
  readonly origin: string;
  readonly query: Manifest['query'];
  readonly position: number;
  /** Ascending; every one below the seal's size. */
  readonly positions: readonly number[];
  readonly isRange: boolean;
  readonly withheld: (event: RecordedEvent) => ReadonlySet<Part>;
  readonly seal: Pick<Seal, 'size' | 'root' | 'note'>;
  readonly keys: readonly LogKey[];
}

interface PackageSources {
  readonly events: Pick<EventReader, 'readAll'>;
  readonly nodes: NodeSource;
  /** Events that were looked at, of all there are to look at. */
  readonly progress: (done: number, total: number) => void;
}

/** How many, the root over them, and SHA-256 of their leaves, a line each. */
export interface PackagedPopulation {
  readonly count: number;
  readonly hash: string;
  readonly root: string;
}

/**
 * Writes a package as `docs/tamper-evidence.md` defines it: the same content gives the same bytes. Nothing is written
 * that does not lead to the root that was signed.
 *
 * @throws LedgerError `proof-mismatch` when an event is not what was sealed
 */
export async function writePackage(
  content: PackageContent,
  sources: PackageSources,
  archive: Archive,
): Promise<PackagedPopulation> {
  const reading = new Reading(content, sources);
  const hash = await archive.add('leaves.ndjson', reading.leaves());
  await archive.add('proofs.txt', reading.proofs());
  await archive.add('events.ndjson', reading.events());
  const keys = keysOf(content.keys, content.seal.size);
  const { tally, listed, example } = reading;
  const { origin, query, position, seal, isRange } = content;
  const manifest = { format: PACKAGE_FORMAT, origin, query, position, size: seal.size, ...tally.result() } as const;
  await archive.add('checkpoint', [seal.note]);
  for (const [name, text] of keyMembers(keys)) await archive.add(name, [text]);
  await archive.add('manifest.json', [manifestText(manifest)]);
  const steps = stepsOf(stepFacts(content, keys, example));
  const cosignatures = parseNote(seal.note).signatures.length - 1;
  await archive.add('index.html', [renderPage({ manifest, listed, steps, isRange, cosignatures })]);
  await archive.end();
  return { ...manifest.population, hash };
}

/** The events twice over, so that none has to be kept: first their leaves, then what they say. */
class Reading {
  readonly tally = new EventTally();
  readonly listed: Listed[] = [];
  example: Example | undefined;
  readonly #hashes: Buffer[] = [];
  #before = 0;

  constructor(
    private readonly content: PackageContent,
    private readonly sources: PackageSources,
  ) {}

  async *leaves(): AsyncGenerator<string> {
    for await (const event of this.#each()) {
      const leaf = leafText(event);
      const hash = hashLeaf(leaf);
      const withheld = this.content.withheld(event);
      this.#hashes.push(hash);
      this.tally.add(event, hash, withheld);
      if (this.listed.length < LISTED_MAX) this.listed.push(listedOf(event, withheld));
      yield `${leaf}\n`;
    }
  }

  *proofs(): Generator<string> {
    const { positions, seal } = this.content;
    const nodes = remembered(this.sources.nodes);
    const size = BigInt(seal.size);
    for (const [index, position] of positions.entries()) {
      const proof = proveInclusion(nodes, position, seal.size);
      const leafHash = this.#hashes[index] as Buffer;
      verifyInclusion({ index: BigInt(position), size, leafHash, proof, root: seal.root });
      yield `${proofLine(position, proof)}\n`;
    }
  }

  async *events(): AsyncGenerator<string> {
    let line = 0;
    for await (const event of this.#each()) {
      line += 1;
      const withheld = this.content.withheld(event);
      this.example ??= exampleOf(event, withheld, line);
      yield `${eventLine(event, withheld)}\n`;
    }
  }

  /** In order, and with none missing: the ledger's positions have no gaps. */
  async *#each(): AsyncGenerator<RecordedEvent> {
    const { positions } = this.content;
    for (let next = 0; next < positions.length;) {
      const first = positions[next] as number;
      const events = await this.sources.events.readAll(first, reach(positions, next) - first + 1);
      for (const event of events) {
        if (event.position !== positions[next]) continue;
        next += 1;
        yield event;
      }
      if (positions[next] === first) throw new Error(`The ledger has no event at position ${first}`);
      this.sources.progress(this.#before + next, 2 * positions.length);
    }
    this.#before = positions.length;
  }
}

/** The last position that one reading from this one takes in. */
function reach(positions: readonly number[], index: number): number {
  const first = positions[index] as number;
  let last = first;
  for (const position of positions.slice(index + 1, index + READ_EVENTS)) {
    if (position - last > GAP || position - first >= READ_EVENTS) break;
    last = position;
  }
  return last;
}

function listedOf(event: RecordedEvent, withheld: ReadonlySet<Part>): Listed {
  const { position, type, stream, revision, recordedAt, actor } = event;
  const absent = [...(event.remarks === null ? ['remarks erased'] : []), ...keptParts(event, withheld)];
  return { position, type, stream, revision, recordedAt, actor, absent: absent.join(', ') };
}

function exampleOf(event: RecordedEvent, withheld: ReadonlySet<Part>, line: number): Example | undefined {
  const [part] = shownParts(event, withheld);
  const text = part && event[part];
  if (part === undefined || text === null || text === undefined) return undefined;
  const whole = eventLine(event, withheld);
  const start = whole.indexOf(`"${part}":`) + part.length + 3;
  const from = Buffer.byteLength(whole.slice(0, start));
  const bytes = Buffer.byteLength(text);
  return { line, position: event.position, part, salt: saltOf(event, part), from, bytes };
}

function stepFacts(
  { positions, seal, isRange }: PackageContent,
  keys: readonly LogKey[],
  example: Example | undefined,
): StepFacts {
  const last = keys.at(-1);
  const [first = 0, end = 0] = [positions[0], positions.at(-1)];
  if (!last) throw new RangeError('A log has a key');
  return {
    ...{ leaves: positions.length, size: seal.size },
    signature: { line: signatureLine(seal.note, last), key: last.number },
    rotations: keys.slice(1).map(({ number, statement = '' }, index) => ({
      key: number,
      line: signatureLine(statement, keys[index] as LogKey),
    })),
    ...(example && { example }),
    ...(isRange && { range: { first, last: end } }),
  };
}

/** 1-based line of a note that has the signature by the key. */
function signatureLine(note: string, { verifierKey }: LogKey): number {
  const { name, keyId } = parseVerifierKey(verifierKey);
  const found = parseNote(note).signatures.find((one) => one.name === name && one.keyId === keyId);
  if (!found) throw new RangeError(`The note has no signature by ${name}+${keyId}`);
  return note.split('\n').indexOf(found.line) + 1;
}
