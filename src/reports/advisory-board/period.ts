/** `from ≤ t < to`; RFC 3339, UTC, milliseconds. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;

/** The same length, just before. */
export function periodBefore({ from, to }: Period): Period {
  const start = Date.parse(from);
  return { from: new Date(start - (Date.parse(to) - start)).toISOString(), to: from };
}

export const daysIn = ({ from, to }: Period): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** The last moment that belongs to it. */
export const lastMomentOf = ({ to }: Period): string => new Date(Date.parse(to) - 1).toISOString();

export const dayOf = (time: string): string => time.slice(0, 10);

/** Every day (UTC) that the period touches, in order. */
export function daysTouched(period: Period): string[] {
  const last = dayOf(lastMomentOf(period));
  const days: string[] = [];
  for (let day = Date.parse(`${dayOf(period.from)}T00:00:00.000Z`); ; day += DAY_MS) {
    const name = dayOf(new Date(day).toISOString());
    days.push(name);
    if (name >= last) return days;
  }
}

export interface Buckets {
  /** What a bucket is: `Day`. */
  readonly category: 'Day' | 'Week' | 'Month';
  /** Their names in order. A week is named by its Monday. */
  readonly names: readonly string[];
  readonly nameOf: (time: string) => string;
}

/** Days up to three weeks, weeks up to half a year, months above; all in UTC. */
export function bucketsOf(period: Period): Buckets {
  const days = daysTouched(period);
  const category = days.length <= 22 ? 'Day' : days.length <= 190 ? 'Week' : 'Month';
  const nameOf = NAMES[category];
  // A period has few days and many changes.
  const byDay = new Map(days.map((day) => [day, nameOf(day)]));
  return { category, names: [...new Set(byDay.values())], nameOf: (time) => byDay.get(dayOf(time)) ?? nameOf(time) };
}

const NAMES: Readonly<Record<Buckets['category'], (time: string) => string>> = {
  Day: dayOf,
  Week: mondayOf,
  Month: (time) => time.slice(0, 7),
};

function mondayOf(time: string): string {
  const day = Date.parse(`${dayOf(time)}T00:00:00.000Z`);
  const sinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  return dayOf(new Date(day - sinceMonday * DAY_MS).toISOString());
}
