const ISO_DURATION =
  /^P(?=\d|T\d)(?:(\d{1,5})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/** The pattern that {@link durationMs} reads, for validation at the edge. */
export const DURATION_PATTERN = ISO_DURATION;

/**
 * Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds (`PT2H`, `P7D`). Months and years
 * have no fixed length and are not read.
 *
 * @throws RangeError when the text is not such a duration.
 */
export function durationMs(text: string): number {
  const match = ISO_DURATION.exec(text);
  if (!match) throw new RangeError(`not an ISO 8601 duration of weeks, days, hours, minutes and seconds: ${text}`);
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** A length of time for people: `2 h 30 min`, `3 d`, `45 s`. */
export function describeMs(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? '0 s' : shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
