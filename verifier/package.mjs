/*
 * Checks an evidence package ("An evidence package" of docs/tamper-evidence.md), as the ZIP file that it is or unpacked.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { PARTS, Tree, Unreadable, canonical, checkLeaf, counted, leafHash, parseCanonical, place } from './formats.mjs';
import { rootByProof, saltedHash, say, sha256, utf8, wrong } from './formats.mjs';
import { checkKeys, checkTrust, openCheckpoint, parseLogKey } from './notes.mjs';
import { MAX_BYTES, readZip } from './zip.mjs';

/**
 * @typedef {import('./notes.mjs').Checkpoint} Checkpoint
 * @typedef {import('./formats.mjs').Leaf} Leaf
 * @typedef {import('./notes.mjs').Trust} Trust
 * @typedef {import('./notes.mjs').Log} Log
 */

/** @param {Map<string, Buffer>} members @param {Trust} trust */
export function checkPackage(members, trust) {
  /** @type {(name: string) => string} */
  const text = (name) => utf8(members.get(name) ?? wrong(`${name} is missing`), name);
  checkSums(members, text('SHA256SUMS'));
  const manifest = checkManifest(text('manifest.json'));
  const keys = checkKeys(manifest.origin, readKeys(members, text));
  const log = { origin: manifest.origin, keys, witnesses: trust.witnesses };
  const checkpoint = openCheckpoint(text('checkpoint'), log, 'the checkpoint');
  checkTrust(keys, trust, checkpoint.signedBy);
  checkPackageCheckpoint(checkpoint, manifest, log, trust);
  const events = checkEvents(LISTS.map(text), checkpoint);
  checkPopulation(manifest, events);
  checkComplete(manifest, events);
  checkErasures(events);
}

/** The members of a ZIP file, or the files of a folder into which one was unpacked. @param {string} path */
export function readMembers(path) {
  if (!statSync(path).isDirectory()) {
    if (statSync(path).size > MAX_BYTES) throw new Unreadable(`${path} is more than ${MAX_BYTES} bytes`);
    return readZip(readFileSync(path));
  }
  if (!existsSync(join(path, 'manifest.json'))) throw new Unreadable(`${path} is neither a package nor a data folder`);
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => !file.isDirectory());
  return new Map(
    files.map((file) => {
      const full = join(file.parentPath, file.name);
      if (!file.isFile() || statSync(full).size > MAX_BYTES) throw new Unreadable(`${full} is no file, or too large`);
      return [relative(path, full).split(sep).join('/'), readFileSync(full)];
    }),
  );
}

const LISTS = ['leaves.ndjson', 'proofs.txt', 'events.ndjson'];
const MEMBERS = ['index.html', 'manifest.json', 'checkpoint', ...LISTS, 'SHA256SUMS'];

/** SHA256SUMS names all other members and nothing else. @param {Map<string, Buffer>} members @param {string} sums */
function checkSums(members, sums) {
  const lines = linesOf(sums, 'SHA256SUMS');
  for (const [name, bytes] of members) {
    const isKnown = MEMBERS.includes(name) || /^keys\/\d+\.(vkey|pem|rotation)$/.test(name);
    if (!isKnown) wrong(`${name} is no member of a package`);
    const isListed = name === 'SHA256SUMS' || lines.includes(`${sha256(bytes).toString('hex')}  ${name}`);
    if (!isListed) wrong(`${name} is not what SHA256SUMS says`);
    linesOf(utf8(bytes, name), name);
  }
  for (const name of MEMBERS) if (!members.has(name)) wrong(`${name} is missing`);
  if (lines.length !== members.size - 1) wrong('SHA256SUMS names more than there is');
  const names = lines.map((line) => line.slice(66));
  if (names.some((name, index) => index > 0 && name < String(names[index - 1]))) wrong('SHA256SUMS is not sorted');
  say(`ok   members: ${members.size}, as SHA256SUMS has them`);
}

/** @type {(text: string, name: string) => string[]} */
function linesOf(text, name) {
  const lines = text.split('\n');
  return lines.pop() === '' ? lines : wrong(`${name}: its last line has no end`);
}

const MANIFEST_MEMBERS = 'complete,disclosed,erased,format,origin,population,position,query,size,withheld';

/** @param {string} text */
function checkManifest(text) {
  const manifest = parseCanonical(linesOf(text, 'manifest.json').join('\n'), 'manifest.json');
  if (manifest.format !== 'cairn-evidence/1') throw new Unreadable('a package in a format that is not known here');
  if (Object.keys(manifest).sort().join() !== MANIFEST_MEMBERS) wrong('manifest.json has other members than the ten');
  if (Object.prototype.toString.call(manifest.query) !== '[object Object]') wrong('manifest.json has no query');
  return manifest;
}

/** @param {Map<string, Buffer>} members @param {(name: string) => string} text */
function readKeys(members, text) {
  const count = [...members.keys()].filter((name) => name.endsWith('.vkey')).length;
  const rows = Array.from({ length: count }, (_, number) => {
    const verifierKey = text(`keys/${number}.vkey`).replace(/\n$/, '');
    const pem = parseLogKey(verifierKey).publicKey.export({ type: 'spki', format: 'pem' });
    if (pem !== text(`keys/${number}.pem`))
      wrong(`keys/${number}.pem is another key than keys/${number}.vkey, or in another form`);
    const rotation = `keys/${number}.rotation`;
    return { verifierKey, statement: members.has(rotation) ? text(rotation) : null };
  });
  // Of each key three members, but the first was not rotated to.
  if (members.size !== MEMBERS.length + 3 * count - 1) wrong('a key is incomplete');
  return rows;
}

/**
 * @param {Checkpoint} checkpoint @param {any} manifest @param {Log} log
 * @param {Trust} trust
 */
function checkPackageCheckpoint(checkpoint, { size, position }, log, trust) {
  if (checkpoint.size !== size) wrong(`the checkpoint is of ${checkpoint.size} events, the manifest says ${size}`);
  if (!Number.isSafeInteger(position) || position >= size) wrong(`manifest.json: position ${position} is not sealed`);
  for (const witness of trust.witnesses) {
    if (!checkpoint.cosignedBy.includes(witness)) wrong(`the checkpoint is not cosigned by ${witness.text}`);
  }
  say(
    `ok   checkpoint: ${counted(size, 'event')} of ${log.origin}, cosigned by ${trust.witnesses.length} of your witnesses`,
  );
  if (trust.checkpoint === undefined) return;
  const held = openCheckpoint(trust.checkpoint, log, 'your checkpoint');
  if (held.size === 0) return say('ok   your checkpoint: of the empty log, with which every log begins');
  if (held.size !== size) {
    throw new Unreadable(`your checkpoint is of ${held.size} events: ask for a package of that size to compare`);
  }
  if (!held.root.equals(checkpoint.root))
    wrong(`your checkpoint of ${counted(size, 'event')} has another root: a fork`);
  say('ok   your checkpoint: the same');
}

/**
 * Each event: its leaf, the way from it to the root of the checkpoint, and what is disclosed of it.
 *
 * @typedef {{ position: number, leaf: Leaf, withheld: string[], isErased: boolean, data: any }} PackedEvent
 * @param {string[]} texts of leaves.ndjson, proofs.txt and events.ndjson @param {Checkpoint} checkpoint
 * @returns {PackedEvent[]}
 */
function checkEvents(texts, checkpoint) {
  const [leaves = [], proofs = [], events = []] = texts.map((text, index) => linesOf(text, String(LISTS[index])));
  if (proofs.length !== leaves.length || events.length !== leaves.length) {
    wrong(`${leaves.length} leaves, ${proofs.length} proofs and ${events.length} events: they should be as many`);
  }
  let [last, lastTime] = [-1, ''];
  /** @type {Map<string, number>} */
  const heads = new Map();
  return leaves.map((line, index) => {
    const proof = /^(0|[1-9]\d{0,15})((?: [0-9a-f]{64}){0,64})$/.exec(proofs[index] ?? '');
    if (!proof) return wrong(`proofs.txt: line ${index + 1} is no proof`);
    const position = Number(proof[1]);
    const leaf = checkLeaf(parseCanonical(line, `the leaf at position ${position}`), `position ${position}`);
    const where = place(position, leaf.id);
    if (position <= last) wrong(`${where} comes after the one at position ${last}`);
    if (leaf.recordedAt < lastTime) wrong(`${where} was recorded before the one at position ${last}`);
    if (leaf.revision <= (heads.get(leaf.stream) ?? -1)) wrong(`${where}: its revision does not grow in its stream`);
    heads.set(leaf.stream, leaf.revision);
    [last, lastTime] = [position, leaf.recordedAt];
    const hashes = Array.from((proof[2] ?? '').matchAll(/\w+/g), ([hex]) => Buffer.from(hex, 'hex'));
    const root = rootByProof({ index: position, size: checkpoint.size, leaf: leafHash(line), proof: hashes });
    const isIn = position < checkpoint.size && root?.equals(checkpoint.root);
    if (!isIn) wrong(`${where}: its leaf and proof do not lead to the root of the checkpoint`);
    return checkDisclosed(parseCanonical(events[index] ?? '', `${where}: its line in events.ndjson`), position, leaf);
  });
}

/**
 * What is shown of an event has to be what its leaf hashes. What is kept back has neither value nor salt.
 *
 * @param {any} shown @param {number} position @param {Leaf} leaf
 * @returns {PackedEvent}
 */
function checkDisclosed(shown, position, leaf) {
  const where = place(position, leaf.id);
  const { withheld = [], erased: isErased = false, salts } = shown ?? {};
  if (shown?.position !== position) wrong(`${where}: its line in events.ndjson is of position ${shown?.position}`);
  const isList = Array.isArray(withheld) && withheld.every((part, index) => index === 0 || withheld[index - 1] < part);
  const isPlain = !('erased' in shown && isErased !== true) && !('withheld' in shown && withheld.length === 0);
  if (!isList || !isPlain) wrong(`${where}: what is withheld or erased is unclear`);
  const gone = isErased ? [...withheld, 'remarks'] : withheld;
  const parts = PARTS.filter((part) => !gone.includes(part));
  const members = ['position', 'salts', ...parts, ...['withheld', 'erased'].filter((name) => name in shown)];
  const isAccounted = parts.length + gone.length === PARTS.length;
  if (!isAccounted || !sameNames(shown, members) || !sameNames(salts, parts)) {
    wrong(`${where}: data, remarks and meta are not each shown, withheld or erased`);
  }
  for (const part of parts) {
    const isSalt = /^[0-9a-f]{32}$/.test(salts[part]);
    if (!isSalt || saltedHash(Buffer.from(salts[part], 'hex'), canonical(shown[part])) !== leaf[part]) {
      wrong(`${where}: its ${part} and salt are not what its leaf hashes`);
    }
  }
  return { position, leaf, withheld, isErased, data: shown.data };
}

/** @type {(object: any, names: string[]) => boolean} */
const sameNames = (object, names) =>
  Object.keys(object ?? {})
    .sort()
    .join() === [...names].sort().join();

/** @param {any} manifest @param {PackedEvent[]} events */
function checkPopulation({ population, disclosed, withheld, erased, position, query }, events) {
  const tree = new Tree();
  for (const { leaf } of events) tree.add(leafHash(canonical(leaf)));
  const root = tree.root().toString('hex');
  if (population?.count !== events.length || population.root !== root) {
    wrong(`the population is ${counted(events.length, 'event')} with the root ${root}, not what the manifest says`);
  }
  if ((events.at(-1)?.position ?? -1) > position) wrong(`there are events after position ${position}`);
  const gap = events.find((event, index) => index > 0 && event.position !== (events[index - 1]?.position ?? 0) + 1);
  if (gap && Array.isArray(query.completeness) && query.completeness.includes('range')) {
    wrong(
      `the query is for every event from the first to the last, and that before position ${gap.position} is missing`,
    );
  }
  const kept = events.filter((event) => event.withheld.length > 0).length;
  const isCounted = kept === withheld && events.length - kept === disclosed;
  if (!isCounted || events.filter(({ isErased }) => isErased).length !== erased) {
    wrong('disclosed, withheld and erased events are not as many as the manifest says');
  }
  say(`ok   events: ${events.length}, each in the tree; ${disclosed} disclosed, ${withheld} with something withheld`);
  say(`ok   population root: ${root}`);
}

/** Of a stream that is said to be complete from one revision to another, each is there. @param {any} manifest @param {PackedEvent[]} events */
function checkComplete({ complete }, events) {
  const there = new Set(events.map(({ leaf }) => `${leaf.revision} ${leaf.stream}`));
  for (const run of complete) {
    if (Object.keys(run).sort().join() !== 'from,stream,to') wrong('manifest.json: a run has not the three members');
    const { stream, from, to } = run;
    if (!(from <= to && to - from < events.length)) wrong(`${stream} cannot be complete from ${from} to ${to}`);
    for (let revision = from; revision <= to; revision++) {
      if (!there.has(`${revision} ${stream}`)) wrong(`${stream} is not complete: revision ${revision} is missing`);
    }
  }
  say(`ok   complete: ${counted(complete.length, 'run')} of revisions without a gap`);
}

/**
 * That remarks were erased is the word of the package, unless the event that erased them is in it: without, they may as
 * well be kept back.
 *
 * @param {PackedEvent[]} events
 */
function checkErasures(events) {
  const at = new Map(events.map((event) => [event.position, event]));
  const proven = new Set();
  for (const by of events) {
    const said = by.leaf.type === 'RemarksErased.v1' && by.data ? by.data : {};
    const erased = at.get(said.position);
    // What was erased need not be in the package.
    if (!erased || erased.position >= by.position) continue;
    const [byWhere, where] = [place(by.position, by.leaf.id), place(erased.position, erased.leaf.id)];
    const isSame = said.eventId === erased.leaf.id && said.remarksHash === erased.leaf.remarks;
    if (!isSame) wrong(`${byWhere} erased something else than ${where}`);
    if (!erased.isErased) wrong(`${where}: its remarks are not erased, and ${byWhere} says so`);
    proven.add(erased.position);
  }
  const { length } = events.filter(({ isErased }) => isErased);
  if (length === 0) return;
  const mark = proven.size === length ? 'ok  ' : 'NOTE';
  say(`${mark} erased: ${length}; of ${proven.size} the event that erased them is here too`);
  if (proven.size < length) say(`NOTE the others may as well be kept back: nothing here says who erased them`);
}
