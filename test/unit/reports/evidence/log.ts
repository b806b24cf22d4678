import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../../../../src/event-store/port.js';
import { leafHash } from '../../../../src/ledger/leaf.js';
import { CompactRange } from '../../../../src/ledger/merkle/compact-range.js';
import type { NodeSource } from '../../../../src/ledger/merkle/prove.js';
import { rootOf } from '../../../../src/ledger/merkle/prove.js';
import { signCheckpoint } from '../../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey } from '../../../../src/ledger/note/keys.js';
import { signNote } from '../../../../src/ledger/note/signed-note.js';
import type { LogKey } from '../../../../src/ledger/sealed-ledger.js';
import type { Chunk } from '../../../../src/reports/exports/export.js';
import { Archive } from '../../../../src/reports/evidence/archive.js';
import { writePackage, type PackageContent } from '../../../../src/reports/evidence/package.js';

export const ORIGIN = 'ledger.example/shop';
const keyOf = (seed: number) => parseSigningKey(generateSigningKey(ORIGIN, new Uint8Array(32).fill(seed)));
const [OLD, NEW] = [keyOf(1), keyOf(2)];

export const HOSTILE = `<script>alert(1)</script>"';$(touch owned) \`touch owned\`\\ \u202e,"meta":{"position":3,"salts":{`;

export function eventAt(position: number, changed: Partial<RecordedEvent> = {}): RecordedEvent {
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, position)).toISOString();
  const salts = createHash('sha512').update(`salts ${position}`).digest().subarray(0, 48);
  return {
    position,
    id: `0193a7c2-0000-7000-8000-${String(position).padStart(12, '0')}`,
    stream: `environment-${position % 2 === 0 ? 'production' : 'staging'}`,
    revision: Math.floor(position / 2),
    type: position % 3 === 0 ? 'PromotionStarted.v1' : 'ArtifactPromoted.v1',
    ...{ occurredAt: time, recordedAt: time, actor: 'pipeline:shop' },
    data: JSON.stringify({ environment: 'production', note: `größer ${position}` }),
    remarks: JSON.stringify({ reason: HOSTILE }),
    meta: '{"channel":"api"}',
    salts,
    ...changed,
  };
}

/** A log in memory; with two keys, the second from the middle on. */
export function logOf(events: readonly RecordedEvent[], { isRotated = false } = {}) {
  const hashes = events.map(leafHash);
  const nodes: NodeSource = (height, index) => {
    const range = new CompactRange();
    for (const hash of hashes.slice(index * 2 ** height, (index + 1) * 2 ** height)) range.add(hash);
    return range.root();
  };
  const size = events.length;
  const root = rootOf(nodes, size);
  const signer = isRotated ? NEW : OLD;
  const note = signCheckpoint({ origin: ORIGIN, size: BigInt(size), root }, [signer]);
  const fromSize = Math.floor(size / 2);
  const statement = signNote(`cairn key rotation v1\n${ORIGIN}\n${fromSize}\n${NEW.verifier.text}\n`, [NEW, OLD]);
  const keys: LogKey[] = [
    { number: 0, verifierKey: OLD.verifier.text, fromSize: 0 },
    ...(isRotated ? [{ number: 1, verifierKey: NEW.verifier.text, fromSize, statement }] : []),
  ];
  return { seal: { size, root, note }, keys, nodes, events };
}

export async function packaged(
  { seal, keys, nodes, events }: ReturnType<typeof logOf>,
  asked: Partial<PackageContent> & Pick<PackageContent, 'positions'>,
) {
  const content = {
    ...{ origin: ORIGIN, query: { environment: ['production'] }, position: seal.size - 1, isRange: false },
    ...{ withheld: () => new Set<never>(), seal, keys },
    ...asked,
  };
  const readAll = (from: number, limit: number) => Promise.resolve(events.slice(from, from + limit));
  const chunks: Chunk[] = [];
  const archive = new Archive((written) => chunks.push(...written));
  const progress: number[] = [];
  const sources = { events: { readAll }, nodes, progress: (done: number) => void progress.push(done) };
  const population = await writePackage(content, sources, archive);
  return { bytes: Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))), population, progress };
}
