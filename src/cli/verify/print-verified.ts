import type { CheckResult, Finding } from '../../ledger/verify/findings.js';
import type { Verified } from '../../ledger/verify/ledger.js';
import { grouped } from '../progress.js';
import { colorsFor } from '../terminal.js';

export interface Outcome extends Verified {
  readonly kind: 'ledger' | 'package';
  /** Folder, server or file. */
  readonly subject: string;
  /** Whether the caller said whom they trust. */
  readonly isTrustGiven: boolean;
}

const NAME_WIDTH = 18;

export const isRight = ({ checks }: Pick<Outcome, 'checks'>): boolean =>
  checks.every(({ outcome }) => outcome !== 'wrong');

/** The first event that is wrong, by position. */
export function firstWrong(checks: readonly CheckResult[]): Finding | undefined {
  const about = checks.flatMap(({ findings }) => findings).filter(({ position }) => position !== undefined);
  return about.reduce<Finding | undefined>(
    (first, one) => ((one.position ?? 0) < (first?.position ?? Infinity) ? one : first),
    undefined,
  );
}

export function printJson(outcome: Outcome): void {
  const { checks, ...rest } = outcome;
  const result = isRight(outcome) ? 'right' : 'wrong';
  console.log(JSON.stringify({ result, ...rest, firstWrong: firstWrong(checks), checks }, null, 2));
}

export function printText(outcome: Outcome): void {
  const colors = colorsFor(process.stdout);
  for (const { check, outcome: result, note, wrong, findings } of outcome.checks) {
    const mark = { ok: colors.green('ok     '), wrong: colors.red('WRONG  '), skipped: colors.dim('skipped') }[result];
    console.log(`  ${check.padEnd(NAME_WIDTH)} ${mark}  ${note}`.trimEnd());
    for (const finding of findings) console.log(`    ${colors.red('·')} ${sentenceOf(finding)}`);
    if (wrong > findings.length) console.log(`    · and ${grouped(wrong - findings.length)} more`);
  }
  console.log('');
  for (const line of verdictOf(outcome)) console.log(line);
}

const sentenceOf = ({ position, id, stream, what }: Finding): string => {
  if (position === undefined) return what;
  const who = [`position ${position}`, ...(id === undefined ? [] : [id]), ...(stream ? [`in ${stream}`] : [])];
  return `${who.join(', ')}: ${what}`;
};

function verdictOf(outcome: Outcome): string[] {
  const { checks, kind } = outcome;
  const first = firstWrong(checks);
  const total = checks.reduce((sum, { wrong }) => sum + wrong, 0);
  if (total > 0) {
    const event = first ? [`The first event that is wrong: ${sentenceOf(first)}.`] : [];
    return [`${outcome.subject} is WRONG in ${grouped(total)} ${total === 1 ? 'place' : 'places'}.`, ...event];
  }
  return [...(kind === 'ledger' ? ledgerVerdict(outcome) : packageVerdict(outcome)), trustOf(outcome)];
}

function ledgerVerdict({ subject, events, sealed, root, erased }: Outcome): string[] {
  const unsealed = events - sealed;
  const tail =
    unsealed > 0
      ? ` The last ${unsealed === 1 ? 'one is' : `${grouped(unsealed)} are`} not sealed yet: nothing proves ${unsealed === 1 ? 'that' : 'those'}.`
      : '';
  const gone = erased > 0 ? ` Of ${grouped(erased)} the remarks were erased, as the ledger says.` : '';
  return [
    `${subject} is right: ${grouped(sealed)} of ${grouped(events)} ${events === 1 ? 'event is' : 'events are'} what was signed, none added, changed, moved or left out.${tail}${gone}`,
    `Root over all of them: ${root}`,
    'Not looked at: views.db is derived (cairn rebuild makes it anew), access.db is not sealed.',
  ];
}

function packageVerdict({ subject, events, sealed, erased, erasuresShown }: Outcome): string[] {
  const unproven = erased - erasuresShown;
  const gone = erasuresShown > 0 ? ` Of ${grouped(erasuresShown)} the remarks were erased, as events here record.` : '';
  // Without the record, who made the package may have kept back what it calls erased.
  const word = ` Of ${grouped(unproven)} the package says that the remarks were erased, and has no event that records it: they may as well be withheld.`;
  return [
    `${subject} is right: ${events === 1 ? 'its one event' : `each of its ${grouped(events)} events`} is in the log of ${grouped(sealed)} that was signed, at the place that it names.${gone}${unproven > 0 ? word : ''}`,
  ];
}

function trustOf({ isTrustGiven, keys }: Outcome): string {
  if (isTrustGiven) return 'Signed by a key that you trust, or by one that it led to.';
  return `Signed by ${keys[0] ?? 'nobody'}. This does not prove whose key that is: name the one that you trust with --key.`;
}
