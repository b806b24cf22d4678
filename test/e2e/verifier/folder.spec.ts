import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { ERASED, makeLedger, ORIGIN, type TestLedger } from './support/ledger.js';
import { checkpointText, logKey, noteOf, rootOf, rotationText, witnessKey } from './support/notes.js';
import { verify } from './support/run.js';

let ledger: TestLedger;
let home: string;
beforeAll(async () => {
  [ledger, home] = [await makeLedger(), await mkdtemp(join(tmpdir(), 'cairn-verifier-cases-'))];
});
afterAll(() => Promise.all([ledger.folder, home].map((folder) => rm(folder, { recursive: true }))));

/** A copy of the folder in which a statement was run on one of the files. */
async function altered(file: string, sql: string): Promise<string> {
  const folder = await mkdtemp(join(home, 'case-'));
  await cp(ledger.folder, folder, { recursive: true });
  const db = new Database(join(folder, file));
  db.exec(sql);
  db.close();
  return folder;
}

const idOf = (position: number) => ledger.rows[position]?.id ?? '';
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function fileWith(text: string): Promise<string> {
  const file = join(await mkdtemp(join(home, 'file-')), 'checkpoint');
  await writeFile(file, text);
  return file;
}

describe('a data folder', () => {
  it('is found fine, with how much of it is sealed', async () => {
    const { code, output } = await verify(ledger.folder, '--key', ledger.keys[0].text);
    expect(output).toContain('events: 270, of which 262 are sealed and 8 are not sealed yet');
    expect(output).toContain('checkpoints: 5,');
    expect(output).toContain('erased: the remarks of 1 event, each');
    expect(output).not.toContain('without --key');
    expect(code).toBe(0);
  });

  it('without a key shows which one it trusted', async () => {
    const { code, output } = await verify(ledger.folder);
    expect(output).toContain(`Compare it with the published one: ${ledger.keys[0].text}`);
    expect(code).toBe(0);
  });

  it('goes on from a checkpoint that was taken away, and has the witness of it', async () => {
    const held = await fileWith(ledger.checkpoint(150));
    const { code, output } = await verify(
      ...[ledger.folder, '--checkpoint', held, '--key', ledger.keys[1].text, '--witness', ledger.witness.text],
    );
    expect(output).toContain('your checkpoint of 150 events: the ledger goes on from it');
    expect(output).toContain('its newest is of 200 events');
    expect(code).toBe(0);
  });

  it('goes on from the checkpoint of the empty log', async () => {
    const held = await fileWith(noteOf(checkpointText(ORIGIN, 0, rootOf([])), ledger.keys[0]));
    const { code, output } = await verify(ledger.folder, '--checkpoint', held);
    expect(output).toContain('your checkpoint of 0 events: the ledger goes on from it');
    expect(code).toBe(0);
  });

  it('is read while another process has it open and writes', async () => {
    const folder = await altered('ledger.db', 'SELECT 1');
    const writer = new Database(join(folder, 'ledger.db'));
    writer.exec(`BEGIN IMMEDIATE; DELETE FROM events WHERE position = 269`);
    expect((await verify(folder)).code).toBe(0);
    writer.exec('ROLLBACK');
    writer.close();
  });

  it('is fine without the tree, which can be made anew', async () => {
    const folder = await altered('tree.db', 'SELECT 1');
    await rm(join(folder, 'tree.db'));
    const { code, output } = await verify(folder);
    expect(output).toContain('tree.db is not there');
    expect(code).toBe(0);
  });
});

describe('of a data folder that was tampered with, the verifier names', () => {
  /** What was done to an event, and how it is named: with the event's place, except where that cannot be known. */
  it.each([
    ['its id', `UPDATE events SET id = randomblob(16) WHERE position = 7`, 'position 7 .* is not what was sealed'],
    [
      'its stream',
      `INSERT INTO streams VALUES (9, 'new'); UPDATE events SET stream_id = 9 WHERE position = 7`,
      'position 7 .*revision 1 of new, expected 0',
    ],
    ['its revision', `UPDATE events SET revision = 400 WHERE position = 7`, 'position 7 .*revision 400'],
    ['its type', `UPDATE events SET type_id = 2 WHERE position = 7`, 'position 7 .*erased remarks'],
    ['its type’s name', `UPDATE event_types SET name = 'X.v1' WHERE id = 1`, 'position 0 .*is not what was sealed'],
    ['its stream’s name', `UPDATE streams SET name = 'x' WHERE id = 1`, 'position 0 .*is not what was sealed'],
    ['a lost stream', `PRAGMA foreign_keys = OFF; DELETE FROM streams WHERE id = 3`, 'position 2 .*stream has no name'],
    [
      'its time',
      `UPDATE events SET occurred_at = '2026-03-01T12:00:00.001Z' WHERE position = 7`,
      'position 7 .*sealed',
    ],
    ['no time', `UPDATE events SET occurred_at = 'noon' WHERE position = 7`, 'position 7 .*: occurredAt'],
    [
      'its record',
      `UPDATE events SET recorded_at = '2000-01-01T00:00:00.000Z' WHERE position = 7`,
      'position 7 .*before',
    ],
    ['its actor', `UPDATE events SET actor = 'other' WHERE position = 7`, 'position 7 .*is not what was sealed'],
    ['its data', `UPDATE events SET data = '{}' WHERE position = 7`, 'position 7 .*is not what was sealed'],
    ['data in another form', `UPDATE events SET data = ' {}' WHERE position = 7`, 'position 7 .*data is not RFC 8785'],
    ['its remarks', `UPDATE events SET remarks = '{}' WHERE position = 7`, 'position 7 .*is not what was sealed'],
    ['remarks gone', `UPDATE events SET remarks = NULL WHERE position = 7`, 'position 7 .*remarks is missing'],
    ['its meta', `UPDATE events SET meta = '{}' WHERE position = 7`, 'position 7 .*is not what was sealed'],
    ['its salts', `UPDATE events SET salts = randomblob(48) WHERE position = 7`, 'position 7 .*is not what was sealed'],
    ['one deleted', `DELETE FROM events WHERE position = 7`, 'event at position 7 is missing'],
    ['the first deleted', `DELETE FROM events WHERE position = 0`, 'event at position 0 is missing'],
    ['the end cut off', `DELETE FROM events WHERE position >= 261`, 'ends before position 261'],
    [
      'two swapped',
      `UPDATE events SET position = -1 WHERE position = 7; UPDATE events SET position = 7 WHERE position = 11;
       UPDATE events SET position = 11 WHERE position = -1`,
      'position 7 .*revision 2 of environment-3, expected 1',
    ],
    [
      'one not sealed yet',
      `UPDATE events SET data = '{}' WHERE position = 261`,
      'position 261 .*is not what was sealed',
    ],
    [
      'erased remarks put back',
      `UPDATE events SET remarks = '{}' WHERE position = 5`,
      'position 5 .*remarks are there',
    ],
    [
      'salt kept',
      `UPDATE events SET salts = randomblob(48) WHERE position = 5`,
      'position 5 .*the salt of its erased remarks',
    ],
    ['no erasure', `DELETE FROM erasures`, 'position 5 .*remarks is missing'],
    ['another hash', `UPDATE erasures SET remarks_hash = randomblob(32)`, 'position 5 .*is not what was sealed'],
    ['another erasing event', `UPDATE erasures SET erased_by = 257`, 'position 258 .*nothing is erased'],
    ['an erasure unsaid', `INSERT INTO erasures VALUES (300, randomblob(32), 301)`, 'position 300: erased'],
    [
      'one erased by no event',
      `UPDATE events SET remarks = NULL, salts = zeroblob(48) WHERE position = 9;
       INSERT INTO erasures VALUES (9, randomblob(32), 10)`,
      'position 9 .*is not what was sealed',
    ],
  ])('an event: %s', async (_, sql, expected) => {
    const { code, verdict } = await verify(await altered('ledger.db', sql));
    expect(verdict).toMatch(new RegExp(`^WRONG: .*${expected}`));
    expect(code).toBe(1);
    const [, place, id] = /the event at position (\d+) \(([^)]*)\)/.exec(verdict) ?? [];
    if (place && !/SET (id|position)/.test(sql)) expect(id).toBe(idOf(Number(place)));
  });

  it.each([
    ['a leaf hash', `UPDATE tiles SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 0`, 'hash 0 of level 0'],
    ['a hash above', `UPDATE tiles SET hashes = zeroblob(32) WHERE level = 1`, 'hash 0 of level 1'],
    ['a lost tile', `DELETE FROM tiles WHERE level = 0 AND idx = 0`, 'level 1 has 1 hashes'],
    ['a lost end', `DELETE FROM tiles WHERE level = 0 AND idx = 1`, '256 leaves, and 262 events are sealed'],
    ['a level too many', `INSERT INTO tiles VALUES (2, 0, zeroblob(32))`, 'level 2 has 1 hashes'],
    ['half a hash', `UPDATE tiles SET hashes = zeroblob(16) WHERE level = 1`, 'level 1 has 0.5 hashes'],
    ['tiles moved', `UPDATE tiles SET idx = idx + 2 WHERE level = 0`, 'hash 0 of level 0'],
  ])('the tree: %s', async (_, sql, expected) => {
    const { code, verdict } = await verify(await altered('tree.db', sql));
    expect(verdict).toMatch(new RegExp(`^WRONG: tree.db.*${expected}`));
    expect(code).toBe(1);
  });

  it('which events may be wrong where the tree was made to fit them', async () => {
    const folder = await altered('ledger.db', `UPDATE events SET actor = 'other' WHERE position = 120`);
    await rm(join(folder, 'tree.db'));
    const { verdict } = await verify(folder);
    expect(verdict).toBe(
      'WRONG: an event at the positions 100 to 198 is not what was sealed: the checkpoint of 199 events has another root',
    );
  });

  const cut = (text: string) => text.replace(/\n[^\n]+\n$/, '\n');
  const root = (size: number) => rootOf(ledger.leaves.slice(0, size));
  const forged = () => noteOf(checkpointText(ORIGIN, 100, root(99)), ledger.keys[0]);
  const setNote = (note: string) => `UPDATE checkpoints SET note = ${quoted(note)} WHERE size = 100`;
  const setStatement = (note: string) => `UPDATE keys SET statement = ${quoted(note)} WHERE number = 1`;
  it.each<[string, () => string, string]>([
    ['the origin', () => `UPDATE log SET origin = 'x'`, 'key 0 is of .*, not of x'],
    ['no origin', () => `DELETE FROM log`, 'names 0 logs'],
    ['a root', () => `UPDATE checkpoints SET root = zeroblob(32) WHERE size = 100`, 'the note of 100 is of another'],
    ['a size', () => `UPDATE checkpoints SET size = 101 WHERE size = 100`, 'the note of 101 is of another'],
    [
      'a false signature',
      () =>
        setNote(
          forged().replace(/\d+\n[^\n]+/, ledger.checkpoint(100).split('\n')[1] + '\n' + root(98).toString('base64')),
        ),
      'signature of .* is false',
    ],
    [
      'a root that was signed',
      () => `${setNote(forged())}; UPDATE checkpoints SET root = x'${root(99).toString('hex')}' WHERE size = 100`,
      'positions 1 to 99 is not what was sealed',
    ],
    ['another log', () => setNote(noteOf(checkpointText('x', 100, root(100)), ledger.keys[0])), 'is of the log x'],
    [
      'a note without a signature',
      () => setNote(cut(ledger.checkpoint(100))),
      'is not signed by key 0|is not a signed note',
    ],
    [
      'a fourth line',
      () => setNote(noteOf(`${checkpointText(ORIGIN, 100, root(100))}x\n`, ledger.keys[0])),
      'three lines',
    ],
    [
      'another key',
      () => setNote(noteOf(checkpointText(ORIGIN, 100, root(100)), logKey(ORIGIN))),
      'not signed by key 0',
    ],
    [
      'the next key',
      () => setNote(noteOf(checkpointText(ORIGIN, 100, root(100)), ledger.keys[1])),
      'not signed by key 0',
    ],
    [
      'a checkpoint of more than there is',
      () =>
        `INSERT INTO checkpoints VALUES (300, x'${root(270).toString('hex')}', ${quoted(noteOf(checkpointText(ORIGIN, 300, root(270)), ledger.keys[1]))}, '2026-03-01T12:00:00.000Z')`,
      'ends before position 270, and a checkpoint is of 300',
    ],
    [
      'when a checkpoint was signed, in another form',
      () => `UPDATE checkpoints SET signed_at = '2026-03-01 12:00:00' WHERE size = 100`,
      'the checkpoint of 100 events was signed at no time',
    ],
    [
      'when a checkpoint was signed, on a day that there was not',
      () => `UPDATE checkpoints SET signed_at = '2026-02-31T12:00:00.000Z' WHERE size = 100`,
      'the checkpoint of 100 events was signed at no time',
    ],
    [
      'when a checkpoint was signed, before the last',
      () => `UPDATE checkpoints SET signed_at = '2026-02-01T12:00:00.000Z' WHERE size = 100`,
      'the checkpoint of 100 events was signed before the last',
    ],
    ['a lost statement', () => `UPDATE keys SET statement = NULL`, 'rotation to key 1 is missing'],
    [
      'a statement by one key',
      () => setStatement(noteOf(rotationText(ORIGIN, 200, ledger.keys[1]), ledger.keys[1])),
      'is not signed by key 0',
    ],
    [
      'a statement by the other key',
      () => setStatement(noteOf(rotationText(ORIGIN, 200, ledger.keys[1]), ledger.keys[0])),
      'is not signed by key 1',
    ],
    [
      'another size',
      () => setStatement(noteOf(rotationText(ORIGIN, 199, ledger.keys[1]), ...ledger.keys)),
      'key 1 is not from 199 on',
    ],
    [
      'another new key',
      () => setStatement(noteOf(rotationText(ORIGIN, 200, ledger.keys[0]), ...ledger.keys)),
      'says something else',
    ],
    ['a lost key', () => `DELETE FROM keys WHERE number = 1`, 'not signed by key 0'],
    ['a lost first key', () => `DELETE FROM keys WHERE number = 0`, 'rotation to key 0 is one too many'],
    ['no key', () => `DELETE FROM keys`, 'the log has no key'],
    ['a cosignature', () => `UPDATE cosignatures SET size = 199`, 'cosignature of 199 .*is false'],
    [
      'its witness',
      () => `UPDATE cosignatures SET witness = ${quoted(witnessKey('witness.example').text)}`,
      'is not by that witness',
    ],
    [
      'a checkpoint that was cosigned',
      () => `DELETE FROM checkpoints WHERE size = 200`,
      'cosignature of 200 .*the checkpoint is missing',
    ],
  ])('the seals: %s', async (_, sql, expected) => {
    const { code, verdict } = await verify(await altered('seals.db', sql()));
    expect(verdict).toMatch(new RegExp(`^WRONG: .*(${expected})`));
    expect(code).toBe(1);
  });

  it('a history that was written anew and signed with another key, by the key that the auditor knows', async () => {
    const other = await makeLedger();
    const { code, verdict } = await verify(other.folder, '--key', ledger.keys[0].text);
    expect(verdict).toContain('the key that you trust is none of this log');
    expect(code).toBe(1);
    await rm(other.folder, { recursive: true });
  });

  it('a backup of the whole folder, by the checkpoint that the auditor holds', async () => {
    const held = await fileWith(noteOf(checkpointText(ORIGIN, 280, root(270)), ledger.keys[1]));
    const { code, verdict } = await verify(ledger.folder, '--checkpoint', held);
    expect(verdict).toBe('WRONG: the ledger ends before position 270, and your checkpoint is of 280 events');
    expect(code).toBe(1);
  });

  it('a checkpoint of more events than a number can count, exactly', async () => {
    const size = 2n ** 64n - 1n;
    const held = await fileWith(noteOf(checkpointText(ORIGIN, size, root(270)), ledger.keys[1]));
    const { code, verdict } = await verify(ledger.folder, '--checkpoint', held);
    expect(verdict).toBe(`WRONG: the ledger ends before position 270, and your checkpoint is of ${size} events`);
    expect(code).toBe(1);
    const beyond = await fileWith(noteOf(checkpointText(ORIGIN, size + 1n, root(270)), ledger.keys[1]));
    expect((await verify(ledger.folder, '--checkpoint', beyond)).verdict).toContain('has not the three lines');
  });

  it('a root over no events, and a checkpoint that is empty', async () => {
    const held = await fileWith(noteOf(checkpointText(ORIGIN, 0, root(1)), ledger.keys[0]));
    const { code, verdict } = await verify(ledger.folder, '--checkpoint', held);
    expect([code, verdict]).toEqual([1, 'WRONG: your checkpoint has a root over no events']);
    expect(await verify(ledger.folder, '--checkpoint', await fileWith(''))).toMatchObject({ code: 1 });
  });

  it('a fork, by the checkpoint that the auditor holds', async () => {
    const held = await fileWith(noteOf(checkpointText(ORIGIN, 150, root(149)), ledger.keys[0]));
    const { code, verdict } = await verify(ledger.folder, '--checkpoint', held);
    expect(verdict).toContain('your checkpoint of 150 events has another root');
    expect(code).toBe(1);
  });

  it('a witness that saw nothing', async () => {
    const { code, verdict } = await verify(ledger.folder, '--witness', witnessKey('other.example').text);
    expect(verdict).toMatch(/^WRONG: the witness other\.example\+.* cosigned no checkpoint$/);
    expect(code).toBe(1);
  });

  it.each([
    ['ledger.db', 'ledger.db is missing'],
    ['seals.db', 'seals.db is missing'],
  ])('a lost %s', async (file, expected) => {
    const folder = await altered(file, 'SELECT 1');
    await rm(join(folder, file));
    const { code, verdict } = await verify(folder);
    expect(verdict).toContain(`WRONG: ${expected}`);
    expect(code).toBe(1);
  });

  it('what is no database', async () => {
    const folder = await altered('ledger.db', 'SELECT 1');
    await writeFile(join(folder, 'ledger.db'), 'x'.repeat(10_000));
    const { code, verdict } = await verify(folder);
    expect(verdict).toContain('UNREADABLE');
    expect(code).toBe(66);
  });
});

describe('the erased event', () => {
  it('is the only one whose remarks may be gone', () => expect(ledger.rows[ERASED]?.remarks).toBeUndefined());
});
