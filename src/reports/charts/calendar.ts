import type { Chart } from '../document/document.js';
import { formatNumber } from '../document/format.js';
import { shorten, isDrawable, widthOf } from './labels.js';
import { textAt, type Size } from './frame.js';
import { PAPER, RULE, STEPS } from './palette.js';

const DAY_MS = 86_400_000;
const WEEKDAYS_PX = 34;
const TOP_PX = 40;
const SCALE_PX = 30;
const CELL_MAX_PX = 30;
/** Two years; days before are in the table only. */
const WEEKS_MAX = 106;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Day {
  readonly week: number;
  /** 0 is Monday. */
  readonly weekday: number;
  readonly dayOfMonth: number;
  readonly month: number;
  readonly value: number | null;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A column a week and a row a weekday; ECharts' own calendar would count days in the local time zone. */
export function calendarOption(chart: Chart, { width }: Size): object {
  const days = daysOf(chart);
  const cell = cellOf(days, width);
  const max = Math.max(1, ...days.map(({ value }) => value ?? 0));
  const place = ({ week, weekday }: Day): Place => ({ x: WEEKDAYS_PX + week * cell, y: TOP_PX + weekday * cell });
  return {
    graphic: {
      elements: [
        textAt({ x: 0, y: 2 }, shorten(chart.unit, width - 20)),
        ...weekdayNames(cell),
        ...monthNames(days, place),
        ...days.flatMap((day) => square(day, place(day), { cell, max })),
        ...scale(TOP_PX + 7 * cell + 12, max),
      ],
    },
  };
}

export function calendarHeight(chart: Chart, width: number): number {
  return TOP_PX + 7 * cellOf(daysOf(chart), width) + SCALE_PX;
}

export function daysOf({ categories, series }: Chart): Day[] {
  const values = series[0]?.values ?? [];
  const days = categories.flatMap((date, index) => {
    const ms = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(ms)) return [];
    const value = values[index];
    return [{ at: Math.floor(ms / DAY_MS), value: isDrawable(value) ? value : null }];
  });
  const last = days.reduce((max, { at }) => Math.max(max, mondayBased(at)), -Infinity);
  const first = Math.max(
    last - WEEKS_MAX + 1,
    days.reduce((min, { at }) => Math.min(min, mondayBased(at)), Infinity),
  );
  return days
    .filter(({ at }) => mondayBased(at) >= first)
    .map(({ at, value }) => {
      const date = new Date(at * DAY_MS);
      const [month, dayOfMonth] = [date.getUTCMonth(), date.getUTCDate()];
      return { week: mondayBased(at) - first, weekday: (date.getUTCDay() + 6) % 7, dayOfMonth, month, value };
    });
}

/** Number of the week; the first day of 1970 was a Thursday. */
const mondayBased = (day: number): number => Math.floor((day + 3) / 7);

function cellOf(days: readonly Day[], width: number): number {
  const weeks = 1 + days.reduce((max, { week }) => Math.max(max, week), 0);
  return Math.max(3, Math.min(CELL_MAX_PX, Math.floor((width - WEEKDAYS_PX) / weeks)));
}

function square({ value }: Day, { x, y }: Place, { cell, max }: { cell: number; max: number }): object[] {
  const step = stepOf(value, max);
  const gap = cell > 12 ? 2 : 1;
  const box = {
    type: 'rect',
    silent: true,
    shape: { x, y, width: cell - gap, height: cell - gap, r: cell > 12 ? 3 : 1 },
    // A day of which nothing is known is an empty frame, and not a zero.
    style: value === null ? { fill: PAPER, stroke: RULE, lineDash: [2, 2] } : { fill: step.fill },
  };
  const text = value === null || value === 0 ? '' : formatNumber(value);
  if (text === '' || widthOf(text) > cell - gap - 2 || cell < 18) return [box];
  const middle = { x: x + (cell - gap) / 2, y: y + (cell - gap) / 2 };
  return [box, textAt(middle, text, { fill: step.ink, align: 'center', verticalAlign: 'middle' })];
}

function stepOf(value: number | null, max: number): (typeof STEPS)[number] {
  const step = value === null || value <= 0 ? 0 : Math.ceil((value / max) * (STEPS.length - 1));
  return STEPS[Math.min(step, STEPS.length - 1)] ?? STEPS[0];
}

function weekdayNames(cell: number): object[] {
  // Where rows are narrow, every second name says enough.
  const names = cell >= 14 ? ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] : ['Mon', '', '', 'Thu', '', '', 'Sun'];
  const size = cell >= 8 ? names : [];
  return size.flatMap((name, row) =>
    name === '' ? [] : [textAt({ x: 0, y: TOP_PX + (row + 0.5) * cell - 1 }, name, { verticalAlign: 'middle' })],
  );
}

function monthNames(days: readonly Day[], place: (day: Day) => Place): object[] {
  let free = -Infinity;
  let month = -1;
  return days.flatMap((day) => {
    const { x } = place(day);
    if (day.month === month) return [];
    month = day.month;
    if (x < free) return [];
    free = x + 34;
    return [textAt({ x, y: TOP_PX - 17 }, MONTHS[day.month] ?? '')];
  });
}

function scale(y: number, max: number): object[] {
  const swatches = STEPS.map(({ fill }, index) => ({
    type: 'rect',
    silent: true,
    shape: { x: WEEKDAYS_PX + 14 + index * 16, y, width: 14, height: 12, r: 2 },
    style: { fill },
  }));
  const end = WEEKDAYS_PX + 14 + STEPS.length * 16 + 4;
  return [textAt({ x: WEEKDAYS_PX, y: y + 1 }, '0'), ...swatches, textAt({ x: end, y: y + 1 }, formatNumber(max))];
}
