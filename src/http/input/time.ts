const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** How far ahead of the server's clock a pipeline's clock may be. */
export const AHEAD_MAX_MS = 5 * 60_000;

/**
 * An RFC 3339 time as UTC with milliseconds, the form in which the ledger keeps and compares times; digits beyond the
 * millisecond are cut off. Undefined for what is no such time, a 30th of February and a leap second included.
 */
export function normaliseTime(text: string): string | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const isUtc = zone === 'Z' || zone === 'z';
  const milliseconds = `${fraction.slice(1)}000`.slice(0, 3);
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`;
  const parsed = Date.parse(local);
  // An impossible day is moved to the next month by the parser, so what comes back is compared.
  if (Number.isNaN(parsed) || new Date(parsed).toISOString() !== local) return undefined;
  if (isUtc) return local;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  const utc = new Date(parsed - offset * 60_000).toISOString();
  return utc.length === local.length ? utc : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
