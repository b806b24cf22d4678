import { LedgerError } from '../errors.js';
import { openCheckpoint, type OpenedCheckpoint } from '../note/checkpoint.js';
import { parseVerifierKey, type Verifier } from '../note/keys.js';
import { openNote } from '../note/signed-note.js';
import { rotationText } from '../sealer/rotation.js';
import { counted, type Check, type Findings } from './findings.js';
import type { KeyRow } from './ports.js';

interface LogKey {
  readonly number: number;
  readonly fromSize: number;
  readonly verifier: Verifier;
}

/** Keys of a log, each but the first named by the one before it. */
export class LogKeys {
  private constructor(
    readonly origin: string,
    private readonly keys: readonly LogKey[],
    /** Number of the first key that is trusted: those before it have not been shown to be the log's. */
    private readonly trustedFrom: number,
  ) {}

  /** Checks form and chain, and that one of them is trusted where anybody said whom to trust. */
  static check(origin: string, rows: readonly KeyRow[], trusted: readonly string[], findings: Findings): LogKeys {
    const keys = rows.flatMap((row, index) => {
      const verifier = checkKey(origin, row, index, findings);
      return verifier ? [{ number: row.number, fromSize: row.fromSize, verifier }] : [];
    });
    for (const [index, row] of rows.entries()) checkRotation(origin, row, rows[index - 1], findings);
    const first = trusted.length > 0 ? rows.findIndex(({ verifierKey }) => trusted.includes(verifierKey)) : 0;
    if (rows.length === 0) findings.add('keys', 'malformed-key', 'there is no key that signs');
    else if (first < 0) {
      findings.add(
        'keys',
        'untrusted-key',
        `none of the keys is one that you trust: the first is ${rows[0]?.verifierKey}`,
      );
    }
    findings.looked('keys', counted(keys.length, 'key'));
    return new LogKeys(origin, keys, first);
  }

  /**
   * A key leads to those after it, and never back: one that was replaced, perhaps because it was stolen, must not speak
   * for the log to somebody who trusts its successor.
   *
   * @param size of the newest checkpoint, which vouches for all before it
   */
  checkTrust(size: number | bigint, findings: Findings): void {
    const number = this.keyOf(size)?.number ?? this.trustedFrom;
    if (number >= this.trustedFrom) return;
    const what = `the checkpoint of size ${size} is signed by key ${number}, and you trust only key ${this.trustedFrom} and what follows it`;
    findings.add('keys', 'untrusted-key', what);
  }

  /** The key whose turn it is at a size. */
  keyOf(size: number | bigint): LogKey | undefined {
    return this.keys.findLast(({ fromSize }) => fromSize <= size);
  }

  get last(): Verifier | undefined {
    return this.keys.at(-1)?.verifier;
  }

  get texts(): string[] {
    return this.keys.map(({ verifier }) => verifier.text);
  }

  /**
   * A checkpoint of this log by the key whose turn it is; undefined where it is none, which is told.
   *
   * @param name what the checkpoint is called when it is told of
   */
  open(note: string | Uint8Array, name: string, findings: Findings): OpenedCheckpoint | undefined {
    const trusted = this.keys.map(({ verifier }) => verifier);
    try {
      const checkpoint = openCheckpoint(note, this.origin, trusted);
      const turn = this.keyOf(checkpoint.size);
      if (turn && checkpoint.verified.some(({ keyId }) => keyId === turn.verifier.keyId)) return checkpoint;
      const who = turn ? `key ${turn.number}, whose turn it is` : 'any key whose turn it is';
      findings.add('checkpoints', 'invalid-signature', `${name} is not signed by ${who}`);
    } catch (error) {
      addLedgerError(findings, 'checkpoints', name, error);
    }
    return undefined;
  }
}

/** What a note or a key is wrong in, as a finding. */
export function addLedgerError(findings: Findings, check: Check, name: string, error: unknown): void {
  if (!(error instanceof LedgerError)) throw error;
  const { code, message } = error;
  const isSignature = code === 'invalid-signature' || code === 'unsigned';
  findings.add(check, isSignature ? 'invalid-signature' : 'malformed-checkpoint', `${name}: ${decapitalised(message)}`);
}

function checkKey(origin: string, row: KeyRow, index: number, findings: Findings): Verifier | undefined {
  const { number, verifierKey, fromSize } = row;
  const wrong = (what: string): void => findings.add('keys', 'malformed-key', `key ${number} ${what}`);
  if (number !== index) wrong(`stands where key ${index} must`);
  if (index === 0 && fromSize !== 0) wrong(`is the first and signs from size ${fromSize} only`);
  try {
    const verifier = parseVerifierKey(verifierKey);
    if (verifier.name !== origin) wrong(`is of the log ${verifier.name}, not of ${origin}`);
    return verifier;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    wrong(`is none: ${decapitalised(error.message)}`);
    return undefined;
  }
}

function checkRotation(origin: string, row: KeyRow, before: KeyRow | undefined, findings: Findings): void {
  const { number, verifierKey, fromSize, statement } = row;
  const wrong = (what: string): void =>
    findings.add('keys', 'invalid-rotation', `the statement of the rotation to key ${number} ${what}`);
  if (!before) {
    if (statement !== null) wrong('is there, and nothing was before that key');
    return;
  }
  if (fromSize < before.fromSize) wrong('is of a smaller size than that of the key before');
  if (statement === null) return wrong('is missing');
  try {
    const verifiers = [parseVerifierKey(before.verifierKey), parseVerifierKey(verifierKey)];
    const { text, verified } = openNote(statement, verifiers);
    if (verified.length < 2) wrong('is not signed by both keys');
    if (text !== rotationText(origin, fromSize, verifierKey)) wrong(`says something else than its row`);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    wrong(`is not valid: ${decapitalised(error.message)}`);
  }
}

const decapitalised = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
