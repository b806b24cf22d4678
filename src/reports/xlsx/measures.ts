import { visible } from '../document/visible.js';
import type { GridCell, GridColumn } from '../tabular/tabulate.js';

/** Widths are in characters, as Excel has them. */
const MIN_WIDTH = 9;
const MAX_WIDTH = 50;
/** Room for the arrow of the filter. */
const FILTER_WIDTH = 4;
const TIME_WIDTH = 22;
/** Of the cell. */
const PADDING = 3;
/** What is only copied is kept whole, and shown by its beginning. */
const COPIED_WIDTH = 24;

const LINE_POINTS = 15;
const MAX_POINTS = 409;
/** Lines break at words, and capitals are wider than the digits that Excel counts in. */
const FILLED = 0.85;

export function wraps(type: GridColumn['type']): boolean {
  return type === 'text';
}

export function widthOf({ title, type }: GridColumn, values: readonly GridCell[]): number {
  const widest = values.reduce<number>((width, value) => Math.max(width, lengthOf(value)), title.length + FILTER_WIDTH);
  if (type === 'time') return Math.max(TIME_WIDTH, title.length + FILTER_WIDTH);
  return Math.min(wraps(type) || type === 'number' ? MAX_WIDTH : COPIED_WIDTH, Math.max(MIN_WIDTH, widest + PADDING));
}

/** The height of a row in points. */
export function heightOf(cells: readonly { value: GridCell; type: GridColumn['type']; width: number }[]): number {
  const lines = cells.map(({ value, type, width }) => (wraps(type) ? linesOf(lengthOf(value), width - PADDING) : 1));
  return Math.min(MAX_POINTS, Math.max(1, ...lines) * LINE_POINTS);
}

function linesOf(length: number, room: number): number {
  return length <= room ? 1 : Math.ceil(length / (room * FILLED));
}

function lengthOf(value: GridCell): number {
  if (value === null || typeof value === 'object') return 0;
  return typeof value === 'number' ? String(value).length : visible(value).length;
}
