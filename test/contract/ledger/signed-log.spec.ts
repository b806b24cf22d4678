import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { parseVerifierKey } from '../../../src/ledger/note/keys.js';
import { logFiles } from '../../../src/ledger/sealer/files.js';
import { openSignedLog, type SignedLog } from '../../../src/ledger/sealer/signed-log.js';
import { parseWitnesses } from '../../../src/ledger/witness/settings.js';
import { Ledger, newFolder, removeFolders, sealOnce } from './support.js';

const WITNESS =
  'witness.example.org/w1+a77c7b4e+BMtjCzqd3TjYpHPmjfiOH7W2MtaCcYzle5cJpCrnVGch@https://witness.example.org';

let folder: string;
let log: SignedLog | undefined;
const lines: string[] = [];
const ledger = new Ledger(300);

const open = (change: { witnesses?: string; witnessesRequired?: number } = {}): SignedLog =>
  (log = openSignedLog({
    ...{ folder, events: ledger, log: (line) => lines.push(line) },
    ...{ witnesses: '', witnessesRequired: 0, ...change },
  }));
const inFile = (file: string, sql: string, ...values: unknown[]): void => {
  const db = new Database(file);
  db.exec('DROP TRIGGER IF EXISTS checkpoints_no_update');
  db.prepare(sql).run(...values);
  db.close();
};

beforeEach(async () => {
  folder = newFolder();
  lines.length = 0;
  await sealOnce(folder, ledger);
});
afterEach(() => {
  log?.close();
  removeFolders();
});

describe('what was signed, where nothing is signed any more,', () => {
  it('is shown, and nothing is waited for beyond it', async () => {
    const signed = open();
    expect(signed.newest()).toMatchObject({ size: 300, root: ledger.root(300) });
    expect(signed.status()).toEqual({ state: 'off' });
    expect(signed.keys().map(({ verifierKey }) => parseVerifierKey(verifierKey).name)).toEqual([signed.origin]);
    expect(signed.tile(0, 1, 44)).toHaveLength(44 * 32);
    expect(await signed.entries(1, 44)).toBeDefined();
    expect(signed.inclusionProof(3, 300).length).toBeGreaterThan(0);
    expect(signed.consistencyProof(3, 300).length).toBeGreaterThan(0);
    expect([await signed.waitFor(299, 0), await signed.waitFor(300, 60_000)]).toEqual([true, false]);
    await expect(signed.rotateKey()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is shown once as many have cosigned it as are required', () => {
    const cosigned = { witnesses: WITNESS, witnessesRequired: 1 };
    expect(open(cosigned).newest()).toBeUndefined();
    const [witness] = parseWitnesses(WITNESS);
    inFile(
      logFiles(folder).seals,
      'INSERT INTO cosignatures (size, witness, line) VALUES (300, ?, ?)',
      ...[witness?.verifier.text, `— witness.example.org/w1 ${Buffer.alloc(76, 1).toString('base64')}`],
    );
    expect(open(cosigned).newest()?.size).toBe(300);
  });

  it('is not shown where the log’s key has not signed it', () => {
    inFile(logFiles(folder).seals, 'UPDATE checkpoints SET root = zeroblob(32)');
    expect(open().newest()).toBeUndefined();
    expect(lines.join()).toContain('No checkpoint is shown: The checkpoint of 300 entries does not hold');
  });

  it('is not shown of a tree that does not lead to it, which stays as it is', () => {
    inFile(logFiles(folder).tree, 'UPDATE tiles SET hashes = zeroblob(8192) WHERE level = 0 AND idx = 0');
    const signed = open();
    expect(signed.newest()?.size).toBe(300);
    expect(() => signed.tile(0, 0, 256)).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(existsSync(`${logFiles(folder).tree}.altered`)).toBe(false);
  });

  it('is not there where its file is something else, which is said', () => {
    writeFileSync(logFiles(folder).seals, 'nothing'.repeat(1_000));
    expect([open().origin, open().newest()]).toEqual(['', undefined]);
    expect(lines.join()).toContain('What was signed cannot be shown: ');
  });
});
