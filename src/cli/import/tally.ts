import { describeError } from '../api-client.js';

/** Counts over the whole file, kept beside the input so that a resumed import ends with the whole table. */
export interface Tally {
  readonly accepted: Record<string, number>;
  readonly refused: Record<string, number>;
  readonly rejected: Record<string, number>;
  invalid: number;
  /** The first few invalid lines, with what is wrong with each. */
  readonly invalidExamples: { lineNumber: number; message: string }[];
}

/** A line of the server's answer. */
export interface LineAnswer {
  readonly line: number;
  readonly status: 'accepted' | 'refused' | 'rejected' | 'invalid';
  readonly reason?: string;
  readonly detail?: string;
  readonly errors?: unknown;
}

const INVALID_EXAMPLES_KEPT = 5;

export const emptyTally = (): Tally => ({ accepted: {}, refused: {}, rejected: {}, invalid: 0, invalidExamples: [] });

/** Counts the answer to one line in. */
export function countAnswer(tally: Tally, answer: LineAnswer, line: { lineNumber: number; command: string }): void {
  switch (answer.status) {
    case 'accepted':
      return add(tally.accepted, line.command);
    case 'refused':
      return add(tally.refused, answer.reason ?? '(no reason)');
    case 'rejected':
      return add(tally.rejected, answer.reason ?? '(no code)');
    default:
      tally.invalid++;
      if (tally.invalidExamples.length < INVALID_EXAMPLES_KEPT) {
        tally.invalidExamples.push({ lineNumber: line.lineNumber, message: messageOf(answer) });
      }
  }
}

export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Lines that were answered with anything but a yes. */
export const notAccepted = (tally: Tally): number => sum(tally.refused) + sum(tally.rejected) + tally.invalid;

const add = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

function messageOf({ detail, errors }: LineAnswer): string {
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const text = first === undefined ? (detail ?? 'not a command') : describeError(first);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
