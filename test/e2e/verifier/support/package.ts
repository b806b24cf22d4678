import { strToU8, zipSync } from 'fflate';
import { canonicalize } from 'json-canonicalize';
import { ERASED, ERASED_BY, ORIGIN, SEALED, type Row, type TestLedger } from './ledger.js';
import { leafHashOf, proofOf, rootOf, sha256 } from './notes.js';

export type Members = Record<string, string>;

/** One stream whole, an erased event and the one that erased it; of every fifth event data and metadata are kept back. */
export const isPacked = ({ position }: Row): boolean =>
  position < SEALED && (position % 4 === 1 || position === ERASED_BY);
export const isKeptBack = (position: number): boolean => position % 20 === 9;

export function makePackage(ledger: TestLedger, isIn: (row: Row) => boolean = isPacked): Members {
  const rows = ledger.rows.filter((row) => row.position < SEALED && isIn(row));
  const sealed = ledger.leaves.slice(0, SEALED);
  const withheld = rows.filter(({ position }) => isKeptBack(position)).length;
  const manifest = {
    format: 'cairn-evidence/1',
    origin: ORIGIN,
    query: { environment: ['production'] },
    position: SEALED - 1,
    size: SEALED,
    population: { count: rows.length, root: rootOf(rows.map(({ leaf }) => leafHashOf(leaf))).toString('hex') },
    disclosed: rows.length - withheld,
    withheld,
    erased: 1,
    complete: [{ stream: 'environment-1', from: 0, to: 65 }],
  };
  return withSums({
    'index.html': '<!doctype html>\n',
    'manifest.json': `${canonicalize(manifest)}\n`,
    checkpoint: `${ledger.checkpoint(SEALED)}${ledger.witness.line(ledger.checkpoint(SEALED).split('\n\n')[0] + '\n')}\n`,
    'keys/0.vkey': `${ledger.keys[0].text}\n`,
    'keys/0.pem': ledger.keys[0].pem,
    'keys/1.vkey': `${ledger.keys[1].text}\n`,
    'keys/1.pem': ledger.keys[1].pem,
    'keys/1.rotation': ledger.rotation,
    'leaves.ndjson': rows.map(({ leaf }) => `${leaf}\n`).join(''),
    'proofs.txt': rows
      .map(
        ({ position }) => `${[position, ...proofOf(position, sealed).map((hash) => hash.toString('hex'))].join(' ')}\n`,
      )
      .join(''),
    'events.ndjson': rows.map((row) => `${canonicalize(shown(row))}\n`).join(''),
  });
}

function shown({ position, salts, ...row }: Row): Record<string, unknown> {
  const [data, remarks, meta] = [0, 16, 32].map((at) => salts.toString('hex', at, at + 16));
  if (isKeptBack(position)) {
    return { position, salts: { remarks }, remarks: row.remarks, withheld: ['data', 'meta'] };
  }
  if (position === ERASED) return { position, salts: { data, meta }, data: row.data, meta: row.meta, erased: true };
  return { position, salts: { data, remarks, meta }, data: row.data, remarks: row.remarks, meta: row.meta };
}

/** The members with `SHA256SUMS` of them as they are now. */
export function withSums({ SHA256SUMS: _, ...members }: Members): Members {
  const sums = Object.keys(members)
    .sort()
    .map((name) => `${sha256(members[name] as string).toString('hex')}  ${name}\n`);
  return { ...members, SHA256SUMS: sums.join('') };
}

export const zipOf = (members: Members): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(members).map(([name, text]) => [name, strToU8(text)]))));
