import { LedgerError } from '../errors.js';
import { parseVerifierKey } from '../note/keys.js';
import { parseNote, parseSignature } from '../note/signed-note.js';
import type { Findings } from './findings.js';

/** Whose cosignatures are wanted, as verifier keys, and of how many of them. */
export interface Quorum {
  readonly witnesses: readonly string[];
  readonly least: number;
}

interface Cosignature {
  readonly size: number;
  /** Verifier key. */
  readonly witness: string;
  readonly line: string;
  /** The checkpoint's, whatever else has signed it. */
  readonly note: string | null;
}

/**
 * Checks each cosignature, and whether a checkpoint has those of the quorum. Answers the largest size that has them.
 *
 * @param newest size of the newest checkpoint
 */
export function checkCosignatures(
  cosignatures: Iterable<Cosignature>,
  { witnesses, least }: Quorum,
  newest: number,
  findings: Findings,
): number {
  const wanted = new Set(witnesses);
  let [count, witnessed] = [0, 0];
  let at: { size: number; by: Set<string> } = { size: -1, by: new Set() };
  for (const one of cosignatures) {
    count += 1;
    const what = problemOf(one);
    if (what !== undefined) {
      findings.add(
        'cosignatures',
        'invalid-cosignature',
        `the cosignature of size ${one.size} by ${one.witness} ${what}`,
      );
      continue;
    }
    if (at.size !== one.size) at = { size: one.size, by: new Set() };
    if (wanted.has(one.witness)) at.by.add(one.witness);
    if (at.by.size >= least) witnessed = Math.max(witnessed, one.size);
  }
  if (least > 0 && witnessed === 0) {
    const what = `no checkpoint has the cosignatures of ${least} of the ${wanted.size} witnesses that you trust`;
    findings.add('cosignatures', 'missed-quorum', what);
  }
  const behind = least > 0 && witnessed > 0 && witnessed < newest ? `, the quorum's up to size ${witnessed} only` : '';
  if (count === 0 && least === 0) findings.skipped('cosignatures', 'there are none, and none were asked for');
  else findings.looked('cosignatures', `${count === 1 ? '1 cosignature' : `${count} cosignatures`}${behind}`);
  return witnessed;
}

function problemOf({ witness, line, note }: Cosignature): string | undefined {
  if (note === null) return 'is of no checkpoint that there is';
  try {
    const verifier = parseVerifierKey(witness);
    const { name, keyId, signature } = parseSignature(line);
    if (name !== verifier.name || keyId !== verifier.keyId) return 'is by another key';
    return verifier.verify(parseNote(note).text, signature) ? undefined : 'does not match the checkpoint';
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return `is none: ${error.message}`;
  }
}
