/** What is looked at, in the order in which it is told. The last four are of packages alone. */
export const CHECKS = [
  'files',
  'append-only rules',
  'order',
  'events',
  'leaves',
  'tree',
  'keys',
  'checkpoints',
  'cosignatures',
  'erasures',
  'snapshots',
  'members',
  'manifest',
  'proofs',
  'population',
] as const;
export type Check = (typeof CHECKS)[number];

/** Every way in which a ledger or a package can be wrong. */
export type FindingCode =
  /** A file that there must be is not there. */
  | 'missing-file'
  /** A file is no database of Cairn, or SQLite says that it is damaged. */
  | 'damaged-file'
  /** Tables, indexes or triggers are not those that the program makes: the append-only rules may not have held. */
  | 'other-rules'
  | 'missing-event'
  /** Another position, revision or stream than its neighbours leave for it. */
  | 'misplaced-event'
  | 'repeated-id'
  | 'time-goes-back'
  /** A value that no Cairn writes: a text that is not its own RFC 8785 form, a time that is none. */
  | 'malformed-event'
  /** The leaf that an event makes is not the one that was sealed. */
  | 'altered-event'
  /** The remarks are gone and nothing in the ledger says so, or they are there and the ledger says that they are gone. */
  | 'unrecorded-erasure'
  | 'altered-erasure'
  /** A name in the tables `streams` and `event_types` that no event uses. */
  | 'unused-name'
  /** The events are what was sealed, the stored tree is not. */
  | 'altered-tree'
  | 'malformed-key'
  | 'invalid-rotation'
  | 'untrusted-key'
  | 'malformed-checkpoint'
  | 'invalid-signature'
  /** The root over the events is not the one that was signed. */
  | 'other-root'
  | 'invalid-cosignature'
  | 'missed-quorum'
  | 'altered-snapshot'
  /** A member that there must not be, or one too few, or one that is not what the package says of it. */
  | 'wrong-member'
  | 'wrong-manifest'
  | 'invalid-proof'
  | 'other-population';

export interface Finding {
  readonly check: Check;
  readonly code: FindingCode;
  /** A sentence without its end. */
  readonly what: string;
  /** Of the event that it is about. */
  readonly position?: number;
  readonly id?: string;
  readonly stream?: string;
}

export interface CheckResult {
  readonly check: Check;
  readonly outcome: 'ok' | 'wrong' | 'skipped';
  /** What was looked at: `"12 checkpoints"`; why not, when it was skipped. */
  readonly note: string;
  readonly wrong: number;
  /** The first of them. */
  readonly findings: readonly Finding[];
}

/** More are counted: whoever sees so many looks for one cause. */
const TOLD_MAX = 20;

/** `"1 leaf"` is said with a plural of its own. */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count} ${count === 1 ? one : several}`;

type Where = Pick<Finding, 'position' | 'id' | 'stream'>;

/** Gathers what is wrong, and what was looked at. */
export class Findings {
  private readonly told = new Map<Check, Finding[]>();
  private readonly counts = new Map<Check, number>();
  private readonly notes = new Map<Check, { note: string; isSkipped: boolean }>();

  add(check: Check, code: FindingCode, what: string, { position, id, stream }: Where = {}): void {
    this.counts.set(check, this.count(check) + 1);
    const told = this.told.get(check) ?? [];
    this.told.set(check, told);
    if (told.length >= TOLD_MAX) return;
    const where = { ...(position !== undefined && { position }), ...(id !== undefined && { id }) };
    told.push({ check, code, what, ...where, ...(stream !== undefined && { stream }) });
  }

  /** More of the same, which are counted only. */
  addMore(check: Check, count: number): void {
    this.counts.set(check, this.count(check) + count);
  }

  count(check: Check): number {
    return this.counts.get(check) ?? 0;
  }

  /** That a check was made, and of what. */
  looked(check: Check, note: string): void {
    this.notes.set(check, { note, isSkipped: false });
  }

  skipped(check: Check, why: string): void {
    this.notes.set(check, { note: why, isSkipped: true });
  }

  results(): CheckResult[] {
    return CHECKS.flatMap((check) => {
      const [note, wrong] = [this.notes.get(check), this.count(check)];
      if (!note && wrong === 0) return [];
      const outcome = wrong > 0 ? 'wrong' : note?.isSkipped ? 'skipped' : 'ok';
      return [{ check, outcome, note: note?.note ?? '', wrong, findings: this.told.get(check) ?? [] }] as const;
    });
  }
}

/** What SQLite says of a file when it reads it; any other error is a fault of the program and goes on. */
export function addDamage(file: string, findings: Findings, error: unknown): void {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) throw error;
  findings.add('files', 'damaged-file', `${file} cannot be read: ${String(message)}`);
}
