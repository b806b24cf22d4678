import { colorsFor, formatTable } from '../terminal.js';
import type { Compared, Side } from './cross-check.js';

/** Hex digits of a fingerprint in a table: what an eye compares. */
const DIGITS = 16;

/** `incomplete`: nothing differs, and not everything could be compared. */
export function outcomeOf(compared: readonly Compared[]): 'equal' | 'different' | 'incomplete' {
  if (compared.some(({ outcome }) => outcome === 'different')) return 'different';
  return compared.some(({ outcome }) => outcome === 'behind') ? 'incomplete' : 'equal';
}

export function printJson(compared: readonly Compared[]): void {
  console.log(JSON.stringify({ outcome: outcomeOf(compared), environments: compared }, null, 2));
}

export function printText(compared: readonly Compared[], waitedSeconds: number): void {
  const colors = colorsFor(process.stdout);
  if (compared.length > 0) {
    const rows = compared.map(({ environment, outcome, revision, projection, view }) => [
      ...[environment, revision ?? '–', shortOf(projection), shortOf(view)],
      outcome === 'equal' ? colors.green(outcome) : colors.red(outcome),
    ]);
    console.log(formatTable(['environment', 'revision', 'projection', 'tables', ''], rows, { colors, right: [1] }));
  }
  for (const line of compared.flatMap((one) => detailsOf(one, waitedSeconds))) console.log(line);
  console.log(`\n${VERDICTS[outcomeOf(compared)](compared.length)}`);
}

const VERDICTS = {
  equal: (count: number) =>
    count === 0 ? 'There is no environment to compare.' : `Both derivations say the same of ${environmentsOf(count)}.`,
  different: () => 'The derivations differ. Neither is right for that: the events themselves are in the ledger.',
  incomplete: () => 'What could be compared is equal, and not everything could be.',
};

const environmentsOf = (count: number): string => (count === 1 ? 'one environment' : `${count} environments`);

const shortOf = ({ fingerprint }: Side): string => (fingerprint ? `${fingerprint.slice(0, DIGITS)}…` : '–');

function detailsOf(one: Compared, waitedSeconds: number): string[] {
  const { environment, outcome, projection, view, skipped, differences } = one;
  const lines = differences.map(
    ({ service, projection: theirs = 'not live', view: ours = 'not live' }) =>
      `  ${service}\n    projection  ${theirs}\n    tables      ${ours}`,
  );
  const head: string[] = [];
  if (outcome === 'different' && differences.length === 0) {
    head.push(
      `${environment}: the same services, last moved at revision ${projection.moved} by the projection and ${view.moved} by the tables`,
    );
  } else if (outcome === 'different') head.push(`${environment}, at revision ${one.revision}:`);
  if (projection.seen !== view.seen) {
    const sides = `the projection has come to revision ${said(projection)}, the tables to ${said(view)}`;
    head.push(`${environment}: ${sides}, after ${waitedSeconds} s of waiting`);
  }
  if (skipped > 0) head.push(`${environment}: the projection skipped ${skipped} events that it could not read`);
  const [first, ...rest] = head;
  return first === undefined ? [] : ['', first, ...(differences.length > 0 ? lines : []), ...rest];
}

const said = ({ seen }: Side): string => (seen < 0 ? 'none' : String(seen));
