/*
 * Checks a whole data folder ("The files" of docs/tamper-evidence.md): every event, the tree over all of them, and every
 * checkpoint that was signed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Tree, Unreadable, checkLeaf, counted, isTime, leafHash, parseCanonical, place } from './formats.mjs';
import { saltedHash, say, wrong } from './formats.mjs';
import { checkKeys, checkTrust, openCheckpoint, parseWitnessKey } from './notes.mjs';

/**
 * @typedef {import('./notes.mjs').Checkpoint} Checkpoint
 * @typedef {import('./notes.mjs').Trust} Trust
 * @typedef {import('./notes.mjs').Log} Log
 */

/** @param {string} folder @param {Trust} trust */
export async function checkFolder(folder, trust) {
  const { default: Database } = await import('better-sqlite3').catch(() => {
    throw new Unreadable('a data folder is read with the package better-sqlite3: npm install better-sqlite3');
  });
  // Events are written first, then the tree, then the checkpoint. Opened the other way round, while a server runs, each
  // file has at least what the one opened before it speaks of.
  const [seals, tiles, ledger] = ['seals.db', 'tree.db', 'ledger.db'].map((name) => openFile(Database, folder, name));
  const log = readLog(seals ?? wrong('seals.db is missing: nothing else says what the ledger was'), trust);
  const sealed = checkTree({
    events: eventsOf(ledger ?? wrong('ledger.db is missing: the events are gone')),
    tree: tiles && readTiles(tiles),
    checkpoints: checkpointsOf(seals, log, trust),
  });
  checkCosignatures(seals, log, sealed);
}

/**
 * Opens a file as it is at this moment: what a server writes meanwhile is not seen.
 *
 * @type {(Database: any, folder: string, name: string) => any}
 */
function openFile(Database, folder, name) {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  const database = new Database(file, { readonly: true, fileMustExist: true });
  database.exec('BEGIN');
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
  return database;
}

const KEYS = 'SELECT number, verifier_key AS verifierKey, from_size AS fromSize, statement FROM keys';

/** The log's name and keys. @param {any} seals @param {Trust} trust */
function readLog(seals, trust) {
  const origins = seals.prepare('SELECT origin FROM log').pluck().all();
  const rows = seals.prepare(`${KEYS} ORDER BY number`).all();
  if (origins.length !== 1) wrong(`seals.db names ${origins.length} logs`);
  const keys = checkKeys(origins[0], rows);
  for (const [number, { fromSize }] of keys.entries()) {
    const isSo = rows[number].number === number && rows[number].fromSize === fromSize;
    if (!isSo) wrong(`seals.db: key ${number} is not from ${fromSize} on`);
  }
  const log = { origin: origins[0], keys, witnesses: trust.witnesses };
  const newest = seals.prepare('SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1').pluck().get();
  if (newest === undefined) say('NOTE nothing is sealed yet');
  checkTrust(keys, trust, newest ? openCheckpoint(newest, log, 'the newest checkpoint').signedBy : Infinity);
  return log;
}

/**
 * Every checkpoint that was signed, by size, and the auditor's own among them.
 *
 * @param {any} seals @param {Log} log @param {Trust} trust
 */
function* checkpointsOf(seals, log, trust) {
  /** @type {any} */
  let held;
  if (trust.checkpoint !== undefined)
    held = { ...openCheckpoint(trust.checkpoint, log, 'your checkpoint'), isHeld: true };
  let count = 0;
  let lastTime = '';
  const rows = seals.prepare('SELECT size, root, note, signed_at AS signedAt FROM checkpoints ORDER BY size');
  for (const { size, root, note, signedAt } of rows.iterate()) {
    const checkpoint = openCheckpoint(note, log, `the checkpoint of ${counted(size, 'event')}`);
    if (checkpoint.size !== size || !checkpoint.root.equals(root)) wrong(`seals.db: the note of ${size} is of another`);
    if (!isTime(signedAt)) wrong(`seals.db: the checkpoint of ${counted(size, 'event')} was signed at no time`);
    if (signedAt < lastTime) wrong(`seals.db: the checkpoint of ${counted(size, 'event')} was signed before the last`);
    lastTime = signedAt;
    if (held && held.size <= size) {
      yield held;
      held = undefined;
    }
    yield { ...checkpoint, isHeld: false };
    count++;
  }
  if (held) yield held;
  say(`ok   checkpoints: ${count}, each signed by the key whose turn it was, each over the events before it`);
}

/**
 * The tree over all events, made anew, has at each checkpoint's size the checkpoint's root. tree.db cannot prove
 * anything, but where it has another hash it tells which event is wrong, if the checkpoint after it is not met; if it is,
 * then tree.db is wrong itself.
 *
 * @param {{ events: Iterable<{ position: number, id: string, leaf: Buffer }>, tree: ReturnType<typeof readTiles> | undefined,
 *   checkpoints: Iterator<Checkpoint & { isHeld: boolean }> }} folder
 * @returns {number} how many events are sealed
 */
function checkTree({ events, tree: stored, checkpoints }) {
  const tree = new Tree();
  /** @type {{ tile: string, event: string | undefined } | undefined} */
  let suspect;
  let sealed = 0;
  let next = checkpoints.next();
  const meetCheckpoints = () => {
    for (; !next.done && next.value.size === tree.size; next = checkpoints.next()) {
      const what = `${next.value.isHeld ? 'your checkpoint' : 'the checkpoint'} of ${counted(tree.size, 'event')}`;
      if (!tree.root().equals(next.value.root)) {
        const which = suspect?.event ?? `an event at the positions ${sealed} to ${tree.size - 1}`;
        wrong(`${which} is not what was sealed: ${what} has another root`);
      }
      if (suspect) wrong(`tree.db: ${suspect.tile} is not that of the events, which are what was sealed`);
      if (next.value.isHeld) say(`ok   ${what}: the ledger goes on from it`);
      sealed = tree.size;
    }
  };
  meetCheckpoints();
  for (const { position, id, leaf } of events) {
    tree.add(leaf, (height, index, hash) => {
      if (suspect || !stored?.differs(height, index, hash)) return;
      const tile = `the hash ${index} of level ${height / 8}`;
      suspect = { tile, event: height === 0 ? place(position, id) : undefined };
    });
    meetCheckpoints();
  }
  const end = `the ledger ends before position ${tree.size}`;
  if (!next.done)
    wrong(`${end}, and ${next.value.isHeld ? 'your' : 'a'} checkpoint is of ${counted(next.value.size, 'event')}`);
  if (suspect) wrong(`tree.db: ${suspect.tile} is not that of ${suspect.event ?? 'the events'}, not sealed yet`);
  if (stored && stored.size > tree.size) wrong(`${end}, and tree.db has ${stored.size} leaves`);
  if (stored && stored.size < sealed) wrong(`tree.db has ${stored.size} leaves, and ${sealed} events are sealed`);
  say(
    stored
      ? `ok   tree.db: the tree of ${counted(stored.size, 'event')}`
      : 'NOTE tree.db is not there. A server makes it anew',
  );
  const [isSealed, isNot] = [sealed, tree.size - sealed].map((count) => `${count} ${count === 1 ? 'is' : 'are'}`);
  say(`ok   events: ${tree.size}, of which ${isSealed} sealed and ${isNot} not sealed yet`);
  return sealed;
}

/** The tiles of tree.db: level n holds the nodes of height 8 n, 256 a tile (tlog-tiles). @param {any} database */
function readTiles(database) {
  const widths = database.prepare('SELECT level, sum(length(hashes)) / 32.0 AS width FROM tiles GROUP BY level').all();
  const size = widths.find((/** @type {any} */ { level }) => level === 0)?.width ?? 0;
  for (const { level, width } of widths) {
    const expected = Math.floor(size / 256 ** level);
    if (width !== expected) wrong(`tree.db: level ${level} has ${width} hashes, a tree of ${size} has ${expected}`);
  }
  const tile = database.prepare('SELECT hashes FROM tiles WHERE level = ? AND idx = ?').pluck();
  /** @type {{ number: number, hashes: Buffer }[]} */
  const open = [];
  /** @type {(height: number, index: number, hash: Buffer) => boolean} */
  const differs = (height, index, hash) => {
    const level = height / 8;
    if (!Number.isInteger(level) || index >= Math.floor(size / 256 ** level)) return false;
    const number = Math.floor(index / 256);
    if (open[level]?.number !== number) open[level] = { number, hashes: tile.get(level, number) ?? Buffer.alloc(0) };
    const at = (index % 256) * 32;
    return !open[level].hashes.subarray(at, at + 32).equals(hash);
  };
  return { size, differs };
}

const ROWS = `SELECT position, lower(hex(id)), stream_id, revision, type_id, occurred_at, recorded_at, actor, data, remarks,
  meta, hex(salts) FROM events NOT INDEXED ORDER BY position`;

/**
 * Each event's leaf, computed from its row: positions and the revisions of a stream without a gap, times that do not go
 * back, texts in canonical form.
 *
 * @param {any} ledger
 */
function* eventsOf(ledger) {
  const types = new Map(ledger.prepare('SELECT id, name FROM event_types').raw().all());
  const streams = new Map(ledger.prepare('SELECT id, name FROM streams').raw().all());
  const heads = new Map();
  const erasures = readErasures(ledger);
  let [expected, lastTime] = [0, ''];
  for (const row of ledger.prepare(ROWS).raw().iterate()) {
    const [position, hex, streamId, revision, typeId, occurredAt, recordedAt, actor, data, remarks, meta, salt] = row;
    const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    const where = place(position, id);
    if (position !== expected) wrong(`the event at position ${expected} is missing: the next is ${where}`);
    const stream = streams.get(streamId) ?? wrong(`${where}: its stream has no name`);
    const type = types.get(typeId) ?? wrong(`${where}: its type has no name`);
    const head = (heads.get(stream) ?? -1) + 1;
    if (revision !== head) wrong(`${where}: revision ${revision} of ${stream}, expected ${head}`);
    heads.set(stream, head);
    if (recordedAt < lastTime) wrong(`${where} was recorded before the event before it`);
    const salts = Buffer.from(salt, 'hex');
    if (salts.length !== 48) wrong(`${where}: it has not three salts of 16 bytes`);
    /** @type {(part: string, text: string | null, number: number) => string} */
    const hashOf = (part, text, number) => {
      if (text === null) return wrong(`${where}: its ${part} is missing`);
      parseCanonical(text, `${where}: its ${part}`);
      return saltedHash(salts.subarray(number * 16, number * 16 + 16), text);
    };
    const leaf = {
      actor,
      data: hashOf('data', data, 0),
      id,
      meta: hashOf('meta', meta, 2),
      occurredAt,
      recordedAt,
      remarks: erasures.hashOf({ position, id, remarks, salts }) ?? hashOf('remarks', remarks, 1),
      revision,
      stream,
      type,
      v: 1,
    };
    if (type === 'RemarksErased.v1') erasures.meet(position, JSON.parse(data), where);
    yield { position, id, leaf: leafHash(JSON.stringify(checkLeaf(leaf, where))) };
    [expected, lastTime] = [expected + 1, recordedAt];
  }
  erasures.finish();
}

/**
 * Remarks may be gone only where an erasure says so: it kept their hash, and a later event of the ledger, which is sealed
 * like any other, says the same. That tells erased from altered.
 *
 * @param {any} ledger
 */
function readErasures(ledger) {
  const hasTable = ledger.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'erasures'").pluck().get() > 0;
  const all = hasTable ? ledger.prepare('SELECT position, hex(remarks_hash), erased_by FROM erasures').raw().all() : [];
  const rows = new Map(
    all.map((/** @type {any} */ [position, hash, by]) => [position, { hash: hash.toLowerCase(), by }]),
  );
  const open = new Map();
  return {
    /**
     * The kept hash of remarks that are gone.
     *
     * @param {{ position: number, id: string, remarks: string | null, salts: Buffer }} event
     */
    hashOf({ position, id, remarks, salts }) {
      const row = rows.get(position);
      if (!row) return undefined;
      const where = place(position, id);
      if (remarks !== null) wrong(`${where}: its remarks are there, and an erasure says that they are gone`);
      if (salts.subarray(16, 32).some((byte) => byte !== 0)) wrong(`${where}: the salt of its erased remarks is there`);
      open.set(row.by, { position, eventId: id, remarksHash: row.hash });
      return row.hash;
    },
    /** @type {(position: number, said: any, where: string) => void} */
    meet(position, said, where) {
      const erased = open.get(position);
      const isSame = ['position', 'eventId', 'remarksHash'].every((name) => erased?.[name] === said?.[name]);
      if (!isSame || !erased) wrong(`${where} erased remarks, and nothing is erased that is what it says`);
      open.delete(position);
      rows.delete(erased.position);
    },
    finish() {
      for (const [position, { by }] of rows)
        wrong(`position ${position}: erased, and the event at ${by} does not say so`);
      say(`ok   erased: the remarks of ${counted(all.length, 'event')}, each by a later event`);
    },
  };
}

/** @param {any} seals @param {Log} log @param {number} sealed */
function checkCosignatures(seals, log, sealed) {
  const rows = seals.prepare('SELECT size, witness, line, note FROM cosignatures LEFT JOIN checkpoints USING (size)');
  const newest = new Map();
  let count = 0;
  for (const { size, witness, line, note } of rows.iterate()) {
    const what = `the cosignature of ${counted(size, 'event')} by ${witness}`;
    if (note === null) wrong(`${what}: the checkpoint is missing`);
    const witnesses = [parseWitnessKey(witness)];
    const { cosignedBy } = openCheckpoint(`${note}${line.replace(/\n?$/, '\n')}`, { ...log, witnesses }, what);
    if (cosignedBy.length === 0) wrong(`${what} is not by that witness`);
    newest.set(witness, Math.max(newest.get(witness) ?? 0, size));
    count++;
  }
  say(`ok   cosignatures: ${count}`);
  for (const { text } of log.witnesses) {
    const size = newest.get(text) ?? wrong(`the witness ${text} cosigned no checkpoint`);
    say(
      `ok   witness ${text}: its newest is of ${counted(size, 'event')}, of ${sealed} that ${sealed === 1 ? 'is' : 'are'} sealed`,
    );
  }
}
