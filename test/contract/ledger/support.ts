import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v5 } from 'uuid';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { leafText } from '../../../src/ledger/leaf.js';
import { openCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import type { Seal } from '../../../src/ledger/sealed-ledger.js';
import type { EventLookup } from '../../../src/ledger/sealer/check-events.js';
import { Bell } from '../../../src/ledger/sealer/bell.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { keepSealed } from '../../../src/ledger/sealer/keep-sealed.js';
import { openLog, type LogSettings, type OpenLog } from '../../../src/ledger/sealer/open-log.js';
import type { FromSealer } from '../../../src/ledger/sealer/protocol.js';
import { Sealer, type SealerPorts } from '../../../src/ledger/sealer/sealer.js';
import { goOn, type AtStep } from '../../../src/ledger/sealer/steps.js';
import { SealsReader } from '../../../src/ledger/seals/reader.js';
import { TreeStore } from '../../../src/ledger/tree/store.js';

const NAMESPACE = '7d0e6c9a-3c8e-4a53-9d5c-0f4a3e1d2b10';

const folders: string[] = [];

/** A data folder that is removed with {@link removeFolders}. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cairn-seal-'));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The event of a position, always the same one, in one of seven streams. */
export function eventAt(position: number, change: Partial<RecordedEvent> = {}): RecordedEvent {
  return {
    id: v5(`${position}`, NAMESPACE),
    stream: `artifact-${position % 7}`,
    revision: Math.floor(position / 7),
    position,
    type: 'ArtifactBaked.v1',
    occurredAt: '2026-03-01T12:00:00.000Z',
    recordedAt: new Date(Date.UTC(2026, 2, 1) + position).toISOString(),
    actor: 'pipeline:shop',
    data: `{"n":${position}}`,
    remarks: '{}',
    meta: '{"channel":"api"}',
    salts: createHash('sha384').update(`${position}`).digest(),
    ...change,
  };
}

/** A ledger in memory, which tests can cut off and alter. */
export class Ledger implements EventLookup {
  readonly events: RecordedEvent[] = [];

  constructor(count: number) {
    this.grow(count);
  }

  grow(count: number): void {
    for (let index = 0; index < count; index += 1) this.events.push(eventAt(this.events.length));
  }

  readAll(from: number, limit: number): Promise<RecordedEvent[]> {
    return Promise.resolve(this.events.slice(from, from + limit));
  }

  readStream(stream: string, fromRevision: number, limit: number): Promise<RecordedEvent[]> {
    const found = this.events.filter((event) => event.stream === stream && event.revision >= fromRevision);
    return Promise.resolve(found.slice(0, limit));
  }

  findById(id: string): Promise<RecordedEvent | undefined> {
    return Promise.resolve(this.events.find((event) => event.id === id));
  }

  /** RFC 6962, 2.1, as it is written there. */
  root(size: number): Buffer {
    return slowRoot(this.events.slice(0, size).map((event) => sha256(Buffer.of(0), Buffer.from(leafText(event)))));
  }
}

export function slowRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0] as Buffer;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), slowRoot(leaves.slice(0, split)), slowRoot(leaves.slice(split)));
}

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

export interface OpenSealer {
  readonly sealer: Sealer;
  readonly origin: string;
  readonly published: Seal[];
  readonly lines: string[];
  readonly log: OpenLog;
  readonly close: () => void;
}

export interface SealerOptions {
  readonly at?: AtStep;
  readonly settings?: LogSettings;
  readonly ports?: Partial<SealerPorts>;
  /** As on a full disk. */
  readonly maxPageCount?: number;
}

/** A sealer over a folder's own files, as its thread makes it. */
export function openSealer(folder: string, ledger: Ledger, options: SealerOptions = {}): OpenSealer {
  const { at = goOn, settings = {}, ports = {}, maxPageCount } = options;
  const files = logFiles(folder);
  const bounds = maxPageCount === undefined ? {} : { maxPageCount };
  const log = openLog(files, settings, { at, ...bounds });
  const { seals, origin, signer } = log;
  const published: Seal[] = [];
  const lines: string[] = [];
  const sealer = new Sealer({
    events: ledger,
    seals,
    origin,
    signer: () => signer,
    openTree: (isAnew) => TreeStore.openOrMake(files.tree, { at, isAnew, ...bounds }),
    publish: (seal) => published.push(seal),
    log: (line) => lines.push(line),
    at,
    batchEvents: 100,
    ...ports,
  });
  const close = (): void => {
    sealer.close();
    seals.close();
  };
  return { sealer, origin, published, lines, log, close };
}

/** Seals all that the ledger has. */
export async function sealAll(sealer: Sealer): Promise<void> {
  while (await sealer.integrate());
  await sealer.seal();
}

/** A run of a sealer from its start to its end. */
export async function sealOnce(folder: string, ledger: Ledger, options: SealerOptions = {}): Promise<OpenSealer> {
  const open = openSealer(folder, ledger, options);
  try {
    await open.sealer.start();
    await sealAll(open.sealer);
    return open;
  } finally {
    open.close();
  }
}

/** The same as the sealer's thread does it, which mends what can be mended. @returns what it says of its state */
export async function keepOnce(folder: string, ledger: Ledger, options: SealerOptions = {}) {
  const open = openSealer(folder, ledger, options);
  const bell = new Bell();
  bell.receive({ kind: 'close' });
  const posted: FromSealer[] = [];
  const rotate = () => {
    throw new Error('nobody asked for a key');
  };
  try {
    await keepSealed({
      sealer: open.sealer,
      bell,
      sealIntervalMs: 1_000,
      rotate,
      post: (message) => posted.push(message),
    });
    const states = posted.flatMap((message) => (message.kind === 'status' ? [message.status] : []));
    return { ...open, states };
  } finally {
    open.close();
  }
}

/** Every checkpoint of a folder, each checked to be signed by the key of its size. */
export function checkedSeals(folder: string): { size: number; root: Buffer }[] {
  const reader = SealsReader.open(logFiles(folder).seals);
  try {
    const keys = reader.keys();
    return reader.sizesFrom(0, 100_000).map((size) => {
      const seal = reader.seal(size) as Seal;
      const key = keys.findLast(({ fromSize }) => fromSize <= size)?.verifierKey ?? '';
      const signed = openCheckpoint(seal.note, reader.origin() ?? '', [parseVerifierKey(key)]);
      if (signed.size !== BigInt(size) || !signed.root.equals(seal.root))
        throw new Error(`seal ${size} is another one`);
      return { size, root: seal.root };
    });
  } finally {
    reader.close();
  }
}
