import { TODAY, type When } from './steps.js';

const DAY_MS = 86_400_000;

/** The 20 working days before a day, oldest first, as midnights in UTC. */
function workingDaysBefore(now: Date): number[] {
  const days: number[] = [];
  for (let day = Math.floor(now.getTime() / DAY_MS) * DAY_MS - DAY_MS; days.length < TODAY - 1; day -= DAY_MS) {
    const weekday = new Date(day).getUTCDay();
    if (weekday !== 0 && weekday !== 6) days.unshift(day);
  }
  return days;
}

/** Puts the story's working days onto the last four weeks. What is told of today has no time of its own. */
export function calendar(now: Date): (when: When) => Date | undefined {
  const days = workingDaysBefore(now);
  return ({ day, minute }) => {
    const midnight = days[day - 1];
    return midnight === undefined ? undefined : new Date(midnight + minute * 60_000);
  };
}

/** Falls on the story's day 11, or on the weekend before it. */
export const twoWeeksBefore = (now: Date): Date => new Date(now.getTime() - 14 * DAY_MS);

/** From the story's first day up to today: whole days, as a board reads them. */
export function monthBefore(now: Date): { from: string; to: string } {
  const [first = 0] = workingDaysBefore(now);
  return { from: isoSeconds(first), to: isoSeconds(Math.floor(now.getTime() / DAY_MS) * DAY_MS) };
}

const isoSeconds = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Mon 02 Nov 09:30`, UTC. */
export function shortTime(time: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${WEEKDAYS[time.getUTCDay()]} ${two(time.getUTCDate())} ${MONTHS[time.getUTCMonth()]}`;
  return `${day} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
}
