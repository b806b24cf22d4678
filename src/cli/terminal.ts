import Table from 'cli-table3';
import pc from 'picocolors';

type Output = NodeJS.WriteStream;
type Colors = ReturnType<typeof pc.createColors>;

/** Colours only for a terminal whose owner did not say no: a pipe gets no control characters. */
export const colorsFor = (stream: Output): Colors =>
  pc.createColors(stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb');

/** Columns to fill: what the terminal has, within what reads well. */
export const widthOf = (stream: Output): number => Math.min(120, Math.max(80, stream.columns || 100));

/** A borderless table, indented by two, with its heads dimmed. `widths` wraps those columns at words. */
export function formatTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  options: { colors: Colors; widths?: readonly (number | null)[]; right?: readonly number[] },
): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const bottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  const inside = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' };
  const table = new Table({
    head: heads.map((head) => options.colors.dim(head)),
    chars: { ...none, ...bottom, ...inside },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: heads.map((_head, index) => (options.right?.includes(index) ? 'right' : 'left')),
    wordWrap: options.widths !== undefined,
    ...(options.widths && { colWidths: [...options.widths] }),
  });
  table.push(...rows.map((row) => row.map(String)));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
