import Database from 'better-sqlite3';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFolding } from '../../../src/commands/aggregates/foldings.js';
import { environmentSnapshots } from '../../../src/commands/aggregates/environment-snapshot.js';
import { decode } from '../../../src/commands/encoding.js';
import { eraseRemarks, planErasures } from '../../../src/erase/erase.js';
import { SqliteEraser } from '../../../src/event-store/sqlite/eraser.js';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { leafHash } from '../../../src/ledger/leaf.js';
import { CompactRange } from '../../../src/ledger/merkle/compact-range.js';
import { checkpointText, signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { generateSigningKey, parseSigningKey, type Signer } from '../../../src/ledger/note/keys.js';
import { addRotation } from '../../../src/ledger/sealer/rotation.js';
import { SealStore } from '../../../src/ledger/seals/store.js';
import { TreeStore } from '../../../src/ledger/tree/store.js';
import { append, everything, newEvent } from '../helpers/events.js';

export const ORIGIN = 'example.org/verified';
/** Positions of what the tests look for. */
export const AT = { defined: 0, erased: 5, refused: 300, erasure: 301 };
export const SIZE = 302;
const CHECKPOINTS = { before: [100, 200], after: [260, SIZE] };

export interface Sealed {
  readonly first: Signer;
  readonly second: Signer;
  /** Verifier key. */
  readonly witness: string;
  /** The checkpoint of 200 entries, as an auditor may have kept it. */
  readonly kept: string;
}

/** A data folder with everything that a ledger can have: an erasure, a snapshot, two keys, tiles of two levels. */
export async function makeSealedFolder(folder: string): Promise<Sealed> {
  await writeEvents(join(folder, 'ledger.db'));
  return seal(folder);
}

async function writeEvents(file: string): Promise<void> {
  const store = await SqliteEventStore.open({ file });
  const environment = {
    type: 'EnvironmentDefined.v1',
    data: '{"name":"dev","policy":{},"tier":"development"}',
  };
  const refused = newEvent({ type: 'ChangeRefused.v1' });
  const outcomes = await store.appendAll([
    append('environment-dev', -1, environment),
    ...Array.from({ length: AT.refused - 1 }, (_, index) =>
      append(`artifact-${index % 10}`, Math.floor(index / 10) - 1, {
        type: index < 10 ? 'ArtifactBaked.v1' : 'AttestationRecorded.v1',
        remarks: `{"reason":"reason ${index}"}`,
      }),
    ),
    { stream: `refusal-${refused.id}`, expectedRevision: -1, event: refused },
  ]);
  if (outcomes.some(({ status }) => status !== 'appended')) throw new Error('an event was not appended');
  const [first] = await store.readStream('environment-dev', 0, 1);
  if (!first) throw new Error('the environment is not there');
  const state = environmentFolding.evolve(environmentFolding.initialState(), decode(first));
  const { version, toText } = environmentSnapshots;
  await store.saveSnapshot('environment-dev', { revision: 0, version, state: toText(state) });
  const [target] = await store.readAll(AT.erased, 1);
  await store.close();
  const eraser = SqliteEraser.open({ file });
  const { toErase } = await planErasures(eraser, [target?.id ?? ''], 'it named a person');
  for (const planned of toErase) eraseRemarks(eraser, planned, { actor: 'admin', now: new Date() });
  await eraser.close();
}

/** Seals a folder's ledger as it is, under keys of its own. */
export async function seal(folder: string): Promise<Sealed> {
  const store = await SqliteEventStore.open({ file: join(folder, 'ledger.db') });
  const hashes = (await everything(store)).map(leafHash);
  await store.close();
  const tree = TreeStore.openOrMake(join(folder, 'tree.db'), { isAnew: true });
  tree.write(0, hashes);
  tree.close();

  const [firstKey, secondKey] = [generateSigningKey(ORIGIN), generateSigningKey(ORIGIN)];
  const [first, second] = [parseSigningKey(firstKey), parseSigningKey(secondKey)];
  const seals = SealStore.openOrMake(join(folder, 'seals.db'), () => ORIGIN);
  const range = new CompactRange();
  const signAll = (sizes: readonly number[], signer: Signer): string =>
    sizes.reduce((_, size) => {
      while (range.size < size) range.add(hashes[range.size] as Buffer);
      const note = signCheckpoint({ origin: ORIGIN, size: BigInt(size), root: range.root() }, [signer]);
      const lastSize = seals.last()?.size ?? 0;
      seals.insert({ size, root: range.root(), note, signedAt: new Date().toISOString() }, lastSize);
      return note;
    }, '');
  seals.addKey({ number: 0, verifierKey: first.verifier.text, fromSize: 0 });
  const kept = signAll(CHECKPOINTS.before, first);
  addRotation(seals, { origin: ORIGIN, from: first, to: second });
  signAll(CHECKPOINTS.after, second);
  const text = checkpointText({ origin: ORIGIN, size: BigInt(SIZE), root: range.root() });
  const witness = cosign(text);
  seals.close();
  const db = new Database(join(folder, 'seals.db'));
  db.prepare('INSERT INTO cosignatures (size, witness, line) VALUES (?, ?, ?)').run(
    SIZE,
    witness.witness,
    witness.line,
  );
  db.close();
  writeFileSync(join(folder, 'signing.key'), `${secondKey}\n`, { mode: 0o600 });
  return { first, second, witness: witness.witness, kept };
}

/** A cosignature by a witness of its own (C2SP tlog-cosignature). */
export function cosign(text: string): { witness: string; line: string } {
  const name = 'witness.example/one';
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const key = Buffer.concat([Buffer.of(4), raw]);
  const id = createHash('sha256').update(`${name}\n`).update(key).digest().subarray(0, 4);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_767_225_600n);
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime 1767225600\n${text}`), privateKey);
  return {
    witness: `${name}+${id.toString('hex')}+${key.toString('base64')}`,
    line: `— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}`,
  };
}

/** Changes a database as somebody would who can write its file: its triggers are out of the way and back afterwards. */
export function tamper(file: string, change: (db: Database.Database) => void): void {
  const db = new Database(file);
  const triggers = db.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('foreign_keys = OFF');
  db.pragma('ignore_check_constraints = ON');
  change(db);
  for (const { sql } of triggers) db.exec(sql);
  db.close();
}
