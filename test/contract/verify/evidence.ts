import { createHash, createPublicKey } from 'node:crypto';
import { zipSync } from 'fflate';
import { canonicalize } from 'json-canonicalize';
import type { RecordedEvent } from '../../../src/event-store/port.js';
import { leafHash, leafText } from '../../../src/ledger/leaf.js';
import { CompactRange } from '../../../src/ledger/merkle/compact-range.js';
import { proveInclusion } from '../../../src/ledger/merkle/prove.js';
import { signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey, type Signer } from '../../../src/ledger/note/keys.js';
import { signNote } from '../../../src/ledger/note/signed-note.js';
import { newEvent } from '../helpers/events.js';

export const ORIGIN = 'example.org/evidence';
const SIZE = 40;
/** Those of one stream, and one more. */
const SHOWN = [3, 13, 23, 33, 39];
/** Of these the meta data and the remarks are withheld; the remarks of this one were erased. */
const [WITHHELD, ERASED] = [13, 23];
const RECORD = 39;
/** The second key signs from here on. */
const ROTATED = 30;

export type Members = Map<string, string>;

const rootOf = (hashes: readonly Buffer[]): Buffer => {
  const range = new CompactRange();
  for (const hash of hashes) range.add(hash);
  return range.root();
};

/**
 * A package of some events of a log, written from docs/tamper-evidence.md and from nothing else.
 *
 * @param rotated the size from which the second key signs
 * @param isErasureRecorded whether the last event that is shown is the record of the erasure
 */
export function makePackage(rotated = ROTATED, isErasureRecorded = false) {
  const events = Array.from({ length: SIZE }, (_, position): RecordedEvent => ({
    ...newEvent({ data: `{"n":${position},"text":"größer – 😀"}`, remarks: `{"reason":"${position}"}` }),
    stream: `artifact-${position % 10}`,
    revision: Math.floor(position / 10),
    position,
    recordedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, position)).toISOString(),
  }));
  const [erased, record] = [events[ERASED], events[RECORD]];
  if (isErasureRecorded && erased && record) {
    const { remarks: remarksHash } = JSON.parse(leafText(erased)) as { remarks: string };
    const data = canonicalize({ eventId: erased.id, position: ERASED, remarksHash });
    events[RECORD] = { ...record, stream: 'erasures', revision: 0, type: 'RemarksErased.v1', data };
  }
  const hashes = events.map(leafHash);
  const nodes = (height: number, index: number): Buffer =>
    rootOf(hashes.slice(index * 2 ** height, (index + 1) * 2 ** height));
  const signingKeys = [generateSigningKey(ORIGIN), generateSigningKey(ORIGIN)];
  const signers = signingKeys.map(parseSigningKey);
  const keys = signers.map(({ verifier }) => verifier.text);
  const checkpoint = signCheckpoint({ origin: ORIGIN, size: BigInt(SIZE), root: rootOf(hashes) }, [
    signers[rotated <= SIZE ? 1 : 0] as Signer,
  ]);
  const shown = SHOWN.map((position) => events[position] as RecordedEvent);
  const lines = (text: (event: RecordedEvent) => string): string => shown.map((event) => `${text(event)}\n`).join('');
  const manifest = {
    ...{ format: 'cairn-evidence/1', origin: ORIGIN, query: { component: ['shop'] }, position: SIZE - 1, size: SIZE },
    population: { count: SHOWN.length, root: rootOf(shown.map(leafHash)).toString('hex') },
    ...{ disclosed: SHOWN.length - 1, withheld: 1, erased: 1 },
    complete: [{ stream: 'artifact-3', from: 0, to: 3 }],
  };
  const statement = `cairn key rotation v1\n${ORIGIN}\n${rotated}\n${keys[1]}\n`;
  const members: Members = new Map([
    ['index.html', '<!DOCTYPE html>\n'],
    ['manifest.json', `${canonicalize(manifest)}\n`],
    ['checkpoint', checkpoint],
    ['keys/0.vkey', `${keys[0]}\n`],
    ['keys/0.pem', pemOf(keys[0] ?? '')],
    ['keys/1.vkey', `${keys[1]}\n`],
    ['keys/1.pem', pemOf(keys[1] ?? '')],
    ['keys/1.rotation', signNote(statement, signers)],
    ['leaves.ndjson', lines(leafText)],
    [
      'proofs.txt',
      lines(({ position }) =>
        [position, ...proveInclusion(nodes, position, SIZE).map((hash) => hash.toString('hex'))].join(' '),
      ),
    ],
    ['events.ndjson', lines(disclosed)],
  ]);
  return { members, keys, checkpoint, signingKey: signingKeys[0] as string };
}

function disclosed({ position, salts, data, remarks, meta }: RecordedEvent): string {
  const salt = (index: number): string => Buffer.from(salts.subarray(16 * index, 16 * index + 16)).toString('hex');
  const all = {
    data: { value: JSON.parse(data) as unknown, salt: salt(0) },
    remarks: { value: JSON.parse(remarks ?? '{}') as unknown, salt: salt(1) },
    meta: { value: JSON.parse(meta) as unknown, salt: salt(2) },
  };
  const withheld = position === WITHHELD ? ['meta', 'remarks'] : [];
  const shown = Object.entries(all).filter(
    ([name]) => !withheld.includes(name) && !(name === 'remarks' && position === ERASED),
  );
  return canonicalize({
    position,
    ...Object.fromEntries(shown.map(([name, { value }]) => [name, value])),
    salts: Object.fromEntries(shown.map(([name, one]) => [name, one.salt])),
    ...(withheld.length > 0 && { withheld }),
    ...(position === ERASED && { erased: true }),
  });
}

/** RFC 8410 SubjectPublicKeyInfo. */
function pemOf(verifierKey: string): string {
  const raw = Buffer.from(verifierKey.split('+').slice(2).join('+'), 'base64').subarray(1);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** The members as a ZIP file, with the sums of what they are by now. */
export function zipped(members: Members): Buffer {
  const sums = [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`);
  return zipOf(new Map([...members, ['SHA256SUMS', sums.join('')]]));
}

export const zipOf = (members: Members): Buffer =>
  Buffer.from(zipSync(Object.fromEntries([...members].map(([name, text]) => [name, Buffer.from(text)]))));
