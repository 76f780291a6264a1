import { DateTime } from 'luxon';

/** Local day `YYYY-MM-DD` of a moment. */
export function localDay(unixMs: number, zone: string): string {
  return DateTime.fromMillis(unixMs, { zone }).toFormat('yyyy-MM-dd');
}

/** RFC 3339 with milliseconds and the offset that is in force in the zone at that moment. */
export function localTimestamp(unixMs: number, zone: string): string {
  return DateTime.fromMillis(unixMs, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZZ");
}

/** Minutes since local midnight as the clock on the wall shows them: 0–1439. */
export function minuteOfDay(unixMs: number, zone: string): number {
  const local = DateTime.fromMillis(unixMs, { zone });
  return local.hour * 60 + local.minute;
}

/** First moment of a local day and of the next one; 23, 24 or 25 hours apart. */
export function dayBounds(day: string, zone: string): { readonly startMs: number; readonly endMs: number } {
  const start = DateTime.fromISO(day, { zone }).startOf('day');
  return { startMs: start.toMillis(), endMs: start.plus({ days: 1 }).startOf('day').toMillis() };
}

/** The local day `days` before a day (negative: after it). */
export function dayBefore(day: string, days: number): string {
  return DateTime.fromISO(day, { zone: 'utc' }).minus({ days }).toFormat('yyyy-MM-dd');
}

/** True for a day of the calendar written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid;
}
