import { createHash } from 'node:crypto';
import { canonicalize } from 'json-canonicalize';
import { LedgerError } from '../../errors.js';
import { HASH_BYTES, hashLeaf } from '../../merkle/hash.js';
import { verifyInclusion } from '../../merkle/verify.js';
import type { Checkpoint } from '../../note/checkpoint.js';
import { isCanonical } from '../canonical.js';
import { isTime } from '../event-rules.js';
import type { Check, FindingCode, Findings } from '../findings.js';
import { namesOf, parseObject } from './manifest.js';

const PARTS = ['data', 'meta', 'remarks'] as const;
const LEAF_MEMBERS = 'actor data id meta occurredAt recordedAt remarks revision stream type v';
const LEAF_BYTES_MAX = 65_535;
const HASH = /^[0-9a-f]{64}$/;
const SALT = /^[0-9a-f]{32}$/;
/** C2SP tlog-proof: a tree of 2^64 leaves has so many levels. */
const PROOF_HASHES_MAX = 64;

/** The same line of `leaves.ndjson`, `proofs.txt` and `events.ndjson`. */
export interface EntryLines {
  /** 1-based. */
  readonly line: number;
  readonly leaf: Buffer;
  readonly proof: Buffer;
  readonly event: Buffer;
}

export interface Leaf {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
  readonly remarks: string;
}

export interface Entry {
  readonly position: number | undefined;
  readonly leafHash: Buffer;
  readonly leaf: Leaf | undefined;
  readonly isWithheld: boolean;
  readonly isErased: boolean;
  /** As far as it is shown, and whether or not it is what the leaf says. */
  readonly data: unknown;
}

type Wrong = (check: Check, code: FindingCode, what: string) => void;

/** That an event's leaf is in the tree of the checkpoint at its place, and that what is shown of it is what the leaf says. */
export function checkEntry(lines: EntryLines, checkpoint: Checkpoint | undefined, findings: Findings): Entry {
  const leafHash = hashLeaf(lines.leaf);
  const leaf = parseLeaf(lines.leaf);
  const [positionText = '', ...hashes] = lines.proof.toString().split(' ');
  const position = /^(?:0|[1-9]\d{0,15})$/.test(positionText) ? Number(positionText) : undefined;
  const where = { ...(position !== undefined && { position }), ...(leaf && { id: leaf.id, stream: leaf.stream }) };
  const wrong: Wrong = (check, code, what) =>
    findings.add(check, code, position === undefined ? `line ${lines.line}: ${what}` : what, where);
  if (!leaf) wrong('leaves', 'altered-event', 'its leaf is not the RFC 8785 text of a leaf');
  if (position === undefined) wrong('proofs', 'invalid-proof', 'its proof begins with no position');
  else if (checkpoint) checkProof({ position, hashes, leafHash, checkpoint }, wrong);
  const shown = checkEvent(lines.event, position, leaf, wrong);
  return { position, leafHash, leaf, ...shown };
}

function parseLeaf(line: Buffer): Leaf | undefined {
  const text = line.toString();
  const value = line.length <= LEAF_BYTES_MAX && isCanonical(text) ? parseObject(text) : undefined;
  if (!value || namesOf(value) !== LEAF_MEMBERS || value['v'] !== 1) return undefined;
  const { revision, occurredAt, recordedAt } = value;
  const areTexts = ['actor', 'id', 'stream', 'type', 'occurredAt', 'recordedAt', ...PARTS].every(
    (name) => typeof value[name] === 'string',
  );
  if (!areTexts || !Number.isSafeInteger(revision) || (revision as number) < 0) return undefined;
  if (!isTime(occurredAt as string) || !isTime(recordedAt as string)) return undefined;
  return PARTS.every((part) => HASH.test(value[part] as string)) ? (value as unknown as Leaf) : undefined;
}

interface Proof {
  readonly position: number;
  readonly hashes: readonly string[];
  readonly leafHash: Buffer;
  readonly checkpoint: Checkpoint;
}

function checkProof({ position, hashes, leafHash, checkpoint: { size, root } }: Proof, wrong: Wrong): void {
  if (hashes.length > PROOF_HASHES_MAX || !hashes.every((hash) => HASH.test(hash))) {
    return wrong('proofs', 'invalid-proof', `its proof has what is no hash of ${HASH_BYTES} bytes in hex`);
  }
  try {
    const proof = hashes.map((hash) => Buffer.from(hash, 'hex'));
    verifyInclusion({ index: BigInt(position), size, leafHash, proof, root });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    wrong(
      'proofs',
      'invalid-proof',
      `its leaf is not the one at this place of the tree that was signed: ${error.message}`,
    );
  }
}

type Shown = Pick<Entry, 'isWithheld' | 'isErased' | 'data'>;

function checkEvent(line: Buffer, position: number | undefined, leaf: Leaf | undefined, wrong: Wrong): Shown {
  const text = line.toString();
  const value = isCanonical(text) ? parseObject(text) : undefined;
  if (!value) {
    wrong('events', 'malformed-event', 'its line in events.ndjson is not the RFC 8785 text of an object');
    return { isWithheld: false, isErased: false, data: undefined };
  }
  const withheld = Array.isArray(value['withheld']) ? (value['withheld'] as unknown[]) : [];
  const isErased = value['erased'] === true;
  const shown = PARTS.filter((part) => part in value);
  const salts = parseObject(JSON.stringify(value['salts'])) ?? {};
  const expected = [
    ...shown,
    ...['position', 'salts'],
    ...(isErased ? ['erased'] : []),
    ...(withheld.length > 0 ? ['withheld'] : []),
  ];
  if (namesOf(value) !== expected.sort().join(' '))
    wrong('events', 'malformed-event', 'it has members that no event has');
  if (value['position'] !== position)
    wrong('events', 'malformed-event', 'its line in events.ndjson is of another position than its proof');
  if (namesOf(salts) !== shown.join(' '))
    wrong('events', 'malformed-event', 'there is not one salt for each text that is shown');
  for (const part of PARTS) {
    const fates = [shown.includes(part), withheld.includes(part), part === 'remarks' && isErased];
    if (fates.filter(Boolean).length !== 1)
      wrong('events', 'malformed-event', `its ${part} is not once shown, withheld or erased`);
  }
  if (withheld.length > PARTS.length) wrong('events', 'malformed-event', 'more is withheld of it than there is');
  for (const part of leaf ? shown : []) {
    const salt = salts[part];
    if (typeof salt === 'string' && SALT.test(salt) && saltedHash(salt, value[part]) === leaf?.[part]) continue;
    wrong('events', 'altered-event', `its ${part} is not what its leaf says`);
  }
  return { isWithheld: withheld.length > 0, isErased, data: value['data'] };
}

const saltedHash = (salt: string, value: unknown): string =>
  createHash('sha256').update(Buffer.from(salt, 'hex')).update(canonicalize(value)).digest('hex');
