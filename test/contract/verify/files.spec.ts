import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyFolder } from '../../../src/cli/verify/folder.js';
import type { Outcome } from '../../../src/cli/verify/print-verified.js';
import { STREAMS } from '../../../src/adapters.js';
import type { EventReader } from '../../../src/event-store/port.js';
import { ReaderAudit } from '../../../src/event-store/reader-audit.js';
import { SqliteEventReader } from '../../../src/event-store/sqlite/reader.js';
import { SqliteEventStore } from '../../../src/event-store/sqlite/store.js';
import { auditSeals, auditTree } from '../../../src/ledger/verify/files.js';
import { EMPTY_ROOT } from '../../../src/ledger/merkle/hash.js';
import { signCheckpoint } from '../../../src/ledger/note/checkpoint.js';
import { Findings } from '../../../src/ledger/verify/findings.js';
import { verifyLedger } from '../../../src/ledger/verify/ledger.js';
import { append } from '../helpers/events.js';
import { makeSealedFolder, ORIGIN, seal, SIZE, tamper, type Sealed } from './sealed-folder.js';

const base = mkdtempSync(join(tmpdir(), 'cairn-verify-'));
const original = join(base, 'original');
const folder = join(base, 'tampered');
const at = (name: string): string => join(folder, name);

let sealed: Sealed;
beforeAll(async () => {
  mkdirSync(original);
  sealed = await makeSealedFolder(original);
});
beforeEach(() => cpSync(original, folder, { recursive: true }));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Trust {
  readonly trusted?: readonly string[];
  readonly kept?: string;
}

const verify = ({ trusted = [], kept }: Trust = {}): Promise<Outcome> =>
  verifyFolder(
    { data: folder, snapshots: true },
    {
      trusted,
      kept: kept === undefined ? undefined : { name: 'kept.txt', note: Buffer.from(kept) },
      quorum: { witnesses: [], least: 0 },
    },
  );

async function findings(trust?: Trust): Promise<string> {
  const { checks } = await verify(trust);
  return checks
    .flatMap(({ findings: found }) => found)
    .map(({ check, code, position, what }) => `${check} | ${code} | ${position ?? ''} | ${what}`)
    .join('\n');
}

function flip(file: string, offset: number): void {
  const bytes = readFileSync(at(file));
  bytes[offset] = (bytes[offset] as number) ^ 0x01;
  writeFileSync(at(file), bytes);
}

/** A page of a table, by what stands in it. */
const offsetOf = (file: string, text: string): number => {
  const offset = readFileSync(at(file)).indexOf(text);
  if (offset < 0) throw new Error(`${text} is not in ${file}`);
  return offset;
};

describe('an untouched folder', () => {
  it('is right, by its own key, by either key that is trusted and from an earlier checkpoint on', async () => {
    const { first, second, kept } = sealed;
    const own = await verify();
    expect(own).toMatchObject({ origin: ORIGIN, events: SIZE, sealed: SIZE, erased: 1, isTrustGiven: false });
    expect(own.keys).toEqual([first.verifier.text, second.verifier.text]);
    expect(await findings({ trusted: [first.verifier.text], kept })).toBe('');
    expect(await findings({ trusted: [second.verifier.text] })).toBe('');
  });

  it('is right while a server writes to it, what is not sealed yet being told of', async () => {
    const store = await SqliteEventStore.open({ file: at('ledger.db') });
    await store.appendAll([append('artifact-new', -1)]);
    const outcome = await verify();
    await store.close();
    expect(outcome.checks.flatMap((check) => check.findings)).toEqual([]);
    expect(outcome).toMatchObject({ events: SIZE + 1, sealed: SIZE });
  });

  it('is right without the tree, which can be made anew, and without the private key', async () => {
    rmSync(at('tree.db'));
    rmSync(at('signing.key'));
    const { checks } = await verify();
    expect(checks.flatMap((check) => check.findings)).toEqual([]);
    expect(checks.find(({ check }) => check === 'tree')).toMatchObject({ outcome: 'skipped' });
  });
});

describe('a ledger that another program keeps', () => {
  const audited = async (reader: EventReader): Promise<string> => {
    const [tree, seals] = [auditTree(at('tree.db')), auditSeals(at('seals.db'))];
    const found = new Findings();
    await verifyLedger({
      ...{ ledger: new ReaderAudit(reader), tree, seals, prefixes: STREAMS, trusted: [], kept: undefined },
      ...{ quorum: { witnesses: [], least: 0 }, findings: found, refold: undefined, onProgress: () => undefined },
    });
    for (const each of [tree, seals]) each.close();
    await reader.close();
    return found
      .results()
      .flatMap(({ findings: all }) => all)
      .map(({ check, code, position }) => `${check} ${code} ${position}`)
      .join('\n');
  };

  it('is verified by its events alone', async () => {
    expect(await audited(SqliteEventReader.open(at('ledger.db')))).toBe('');
    tamper(at('ledger.db'), (db) => db.exec(`UPDATE events SET actor = 'other' WHERE position = 150`));
    expect(await audited(SqliteEventReader.open(at('ledger.db')))).toMatch(/^leaves altered-event 150$/m);
  });

  it('may not give an id twice', async () => {
    const reader = SqliteEventReader.open(at('ledger.db'));
    const [first] = await reader.readAll(8, 1);
    const readAll = async (from: number, limit: number) =>
      (await reader.readAll(from, limit)).map((event) =>
        event.position === 9 ? { ...event, id: first?.id ?? '' } : event,
      );
    const twice = {
      ...reader,
      head: () => reader.head(),
      close: () => reader.close(),
      readAll,
    } as unknown as EventReader;
    expect(await audited(twice)).toMatch(/^order repeated-id 9$/m);
  });
});

describe('a byte of a file', () => {
  it.each([
    ['ledger.db', () => 0, /^files \| damaged-file \|  \| .*ledger\.db/m],
    ['ledger.db', () => 70, /^append-only rules \| other-rules \|  \| the ledger: its header has the application id/m],
    ['tree.db', () => 0, /^files \| damaged-file \|  \| .*tree\.db/m],
    ['tree.db', () => 63, /^append-only rules \| other-rules \|  \| tree\.db: its header has the version/m],
    ['seals.db', () => 0, /^files \| damaged-file \|  \| .*seals\.db/m],
    ['seals.db', () => offsetOf('seals.db', 'cairn key rotation'), /^keys \| invalid-rotation/m],
    ['signing.key', () => 70, /^keys \| malformed-key \|  \| signing\.key is damaged$/m],
  ])('of %s is found', async (file, offset, expected) => {
    flip(file, offset());
    expect(await findings()).toMatch(expected);
  });

  it('of an event is found', async () => {
    const bytes = readFileSync(at('ledger.db'));
    // A page that is not in use any more may have it as well.
    for (let place = bytes.indexOf('"reason 100"'); place >= 0; place = bytes.indexOf('"reason 100"'))
      bytes[place + 8] = 0x51;
    writeFileSync(at('ledger.db'), bytes);
    expect(await findings()).toMatch(/^leaves \| altered-event \| 101 \|/m);
  });

  it('of the write-ahead log is found, as what it held is missing', async () => {
    const store = await SqliteEventStore.open({ file: at('ledger.db') });
    await store.appendAll([append('artifact-new', -1)]);
    for (const file of ['ledger.db', 'ledger.db-wal']) cpSync(at(file), join(base, file));
    await store.close();
    for (const file of ['tree.db', 'seals.db', 'signing.key']) rmSync(at(file));
    await seal(folder);
    for (const file of ['ledger.db', 'ledger.db-wal']) cpSync(join(base, file), at(file));
    expect(await findings()).toBe('');
    for (const file of ['ledger.db', 'ledger.db-wal']) cpSync(join(base, file), at(file));
    flip('ledger.db-wal', offsetOf('ledger.db-wal', 'artifact-new'));
    expect(await findings()).toMatch(
      /^order \| missing-event \|  \| the event at position 302 is missing: the tree has it$/m,
    );
  });
});

describe('an old backup', () => {
  /** The folder as it was before its last events and seals. */
  function older(file: string): void {
    if (file === 'ledger.db') tamper(at(file), (db) => db.exec('DELETE FROM events WHERE position >= 250'));
    else if (file === 'seals.db')
      tamper(at(file), (db) =>
        db.exec(
          'DELETE FROM cosignatures; DELETE FROM checkpoints WHERE size > 200; DELETE FROM keys WHERE number > 0',
        ),
      );
    else
      tamper(at(file), (db) =>
        db.exec(`DELETE FROM tiles WHERE idx = 1 OR level = 1; UPDATE tiles SET hashes = substr(hashes, 1, 32 * 250)`),
      );
  }

  it('of the events is found: those after it are missing', async () => {
    older('ledger.db');
    expect(await findings()).toMatch(/^order \| missing-event \|  \| the events at positions 250 to 301 are missing/m);
  });

  it('of events and tree is found by the seals', async () => {
    older('ledger.db');
    older('tree.db');
    const found = await findings();
    expect(found).toMatch(
      /^order \| missing-event \|  \| the events at positions 250 to 301 are missing: a checkpoint covers them$/m,
    );
    expect(found).toMatch(
      /^checkpoints \| other-root \|  \| the checkpoint of size 260 cannot be compared: the ledger has 250 events$/m,
    );
  });

  it('of the tree is found', async () => {
    older('tree.db');
    expect(await findings()).toMatch(
      /^tree \| altered-tree \|  \| tree\.db has 250 leaves, and a checkpoint covers 302/m,
    );
  });

  it('of the seals leaves events that are not sealed, and a signing key that they do not know', async () => {
    older('seals.db');
    expect(await verify()).toMatchObject({ events: SIZE, sealed: 200 });
    expect(await findings()).toMatch(/^keys \| malformed-key \|  \| signing\.key is none of the keys of this log$/m);
  });

  it('of everything is found by a checkpoint that was kept elsewhere', async () => {
    for (const file of ['ledger.db', 'tree.db', 'seals.db']) older(file);
    tamper(at('ledger.db'), (db) => db.exec('DELETE FROM events WHERE position >= 150'));
    tamper(at('tree.db'), (db) => db.exec('UPDATE tiles SET hashes = substr(hashes, 1, 32 * 150)'));
    tamper(at('seals.db'), (db) => db.exec('DELETE FROM checkpoints WHERE size > 100'));
    rmSync(at('signing.key'));
    tamper(at('ledger.db'), (db) =>
      db.exec(
        'DELETE FROM event_types WHERE id NOT IN (SELECT type_id FROM events); DELETE FROM streams WHERE id NOT IN (SELECT stream_id FROM events)',
      ),
    );
    // Nothing of a whole backup can say that there was more.
    expect(await findings()).not.toMatch(/missing-event/);
    expect(await findings({ kept: sealed.kept })).toMatch(
      /^checkpoints \| other-root \|  \| the checkpoint in kept\.txt, of size 200, cannot be compared: the ledger has 150 events$/m,
    );
  });
});

describe('a ledger that ends before its key was replaced', () => {
  it('is not trusted by who trusts only the successor: the key that was replaced may have been stolen', async () => {
    tamper(at('seals.db'), (db) => db.exec('DELETE FROM cosignatures; DELETE FROM checkpoints WHERE size > 200'));
    expect(await findings({ trusted: [sealed.first.verifier.text] })).toBe('');
    expect(await findings({ trusted: [sealed.second.verifier.text] })).toBe(
      'keys | untrusted-key |  | the checkpoint of size 200 is signed by key 0, and you trust only key 1 and what follows it',
    );
  });
});

describe('a ledger that was altered, with its tree and its seals made anew under another key', () => {
  beforeEach(async () => {
    tamper(at('ledger.db'), (db) => db.exec(`UPDATE events SET actor = 'somebody-else' WHERE position = 57`));
    for (const file of ['tree.db', 'seals.db', 'signing.key']) rmSync(at(file));
    await seal(folder);
  });

  it('is whole by its own key, which is said to prove no more', async () =>
    expect(await verify()).toMatchObject({ isTrustGiven: false, sealed: SIZE }));

  it('is found by whoever knows the key', async () => {
    const found = await findings({ trusted: [sealed.first.verifier.text] });
    expect(found).toMatch(/^keys \| untrusted-key \|  \| none of the keys is one that you trust/m);
  });

  it('is found by whoever kept a checkpoint', async () =>
    expect(await findings({ kept: sealed.kept })).toMatch(
      /^checkpoints \| invalid-signature \|  \| the checkpoint in kept\.txt/m,
    ));
});

describe('the append-only rules', () => {
  it.each([
    ['ledger.db', 'DROP TRIGGER events_no_update', 'the ledger: its trigger events_no_update is not there'],
    ['ledger.db', 'CREATE TABLE more (id INTEGER)', 'the ledger: it has a table more that is not the program’s'],
    [
      'ledger.db',
      `DROP TRIGGER events_no_delete; CREATE TRIGGER events_no_delete BEFORE DELETE ON events WHEN 0 BEGIN SELECT 1; END`,
      'the ledger: its trigger events_no_delete is another one',
    ],
    ['seals.db', 'DROP TRIGGER checkpoints_no_delete', 'seals.db: its trigger checkpoints_no_delete is not there'],
    ['tree.db', 'CREATE INDEX more ON tiles (hashes)', 'tree.db: it has a index more that is not the program’s'],
  ])('of %s are those of the program: %s', async (file, change, expected) => {
    new Database(at(file)).exec(change).close();
    expect(await findings()).toContain(`append-only rules | other-rules |  | ${expected}`);
  });
});

describe('a checkpoint that was kept', () => {
  const keptOf = (size: bigint, root: Buffer) => signCheckpoint({ origin: ORIGIN, size, root }, [sealed.first]);

  it('of the empty log is a beginning of it, unless it has a root', async () => {
    expect(await findings({ kept: keptOf(0n, EMPTY_ROOT) })).toBe('');
    expect(await findings({ kept: keptOf(0n, Buffer.alloc(32)) })).toBe(
      'checkpoints | malformed-checkpoint |  | the checkpoint in kept.txt: the checkpoint has a root over no leaves',
    );
  });

  it('of more events than a number can count is told of exactly', async () => {
    const size = 2n ** 64n - 1n;
    const kept = signCheckpoint({ origin: ORIGIN, size, root: EMPTY_ROOT }, [sealed.second]);
    const found = await findings({ kept });
    expect(found).toContain(`the events at positions 302 to ${size - 1n} are missing: a checkpoint covers them`);
    expect(found).toContain(`the checkpoint in kept.txt, of size ${size}, cannot be compared`);
  });
});

describe('an erasure', () => {
  it('is told from an event whose remarks somebody took away', async () => {
    tamper(at('ledger.db'), (db) => db.exec('UPDATE events SET remarks = NULL WHERE position = 9'));
    const found = await findings();
    expect(found).toBe(
      'erasures | unrecorded-erasure | 9 | its remarks are gone, and no event RemarksErased.v1 says so',
    );
  });

  it('is told from remarks that somebody put back, and from a salt that is still there', async () => {
    tamper(at('ledger.db'), (db) => db.exec(`UPDATE events SET remarks = '{}' WHERE position = 5`));
    expect(await findings()).toMatch(
      /^erasures \| altered-erasure \| 5 \| the event at position 301 says that its remarks were erased, and they are there$/m,
    );
    tamper(at('ledger.db'), (db) =>
      db.exec(`UPDATE events SET remarks = NULL, salts = randomblob(48) WHERE position = 5`),
    );
    expect(await findings()).toMatch(
      /^erasures \| altered-erasure \| 5 \| its remarks were erased, and their salt was not$/m,
    );
  });
});
