import { expect } from '@jest/globals';
import type { KnownGood, LedgerClient, LineAnswer } from './client.js';
import { fingerprintOf, type ImportLine } from './stand-ins.js';
import type { Expected } from './straight-line.js';

/** A row of the population of changes, as far as a replay looks at it. */
export interface ChangeRow {
  readonly changeId: string;
  readonly outcome: string;
  readonly reason?: string;
}

/** Lines of many rows, with the way back from each line to its row. */
export interface Script {
  readonly lines: ImportLine[];
  /** Index of the row that a line belongs to. */
  readonly rowOfLine: number[];
}

export function scriptOf<Row>(rows: readonly Row[], linesOf: (row: Row) => ImportLine[]): Script {
  const script: Script = { lines: [], rowOfLine: [] };
  rows.forEach((row, index) => {
    for (const line of linesOf(row)) {
      script.lines.push(line);
      script.rowOfLine.push(index);
    }
  });
  return script;
}

/** The answer to each row's change, which is the last of its lines, after checking that its bake was taken. */
export function answersByRow({ rowOfLine }: Script, answers: readonly LineAnswer[]): LineAnswer[] {
  const byRow: LineAnswer[] = [];
  answers.forEach((answer, index) => {
    byRow[rowOfLine[index] ?? -1] = answer;
  });
  return byRow;
}

/** What Cairn says is known-good, against the straight line; `changeIds` names the change of each row. */
export function expectSame(actual: KnownGood, expected: Expected, changeIds: readonly (string | undefined)[]): void {
  const wanted = [...expected.live.entries()]
    .map(([service, { digest, component, version, row }]) => ({
      service,
      component,
      digest,
      version,
      changeId: changeIds[row],
    }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
  const got = actual.services
    .map(({ service, component, digest, version, changeId }) => ({ service, component, digest, version, changeId }))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
  expect(got).toEqual(wanted);
  expect({ fingerprint: actual.fingerprint, revision: actual.revision }).toEqual({
    fingerprint: fingerprintOf(expected.live),
    revision: expected.revision,
  });
}

/** Every refusal in the population: changeId → reason. */
export async function refusalsOf(client: LedgerClient): Promise<Map<string, string | undefined>> {
  const refusals = new Map<string, string | undefined>();
  for await (const row of client.pages<ChangeRow>('/v1/changes?outcome=refused&limit=500')) {
    expect(refusals.has(row.changeId)).toBe(false);
    refusals.set(row.changeId, row.reason);
  }
  return refusals;
}
