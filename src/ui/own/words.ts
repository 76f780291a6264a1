import type { Strings } from '../strings/table.js';

const shifted = (day: string, by: number) => {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + by);
  return date.toISOString().slice(0, 10);
};
/** The day before and after, YYYY-MM-DD. */
export const dayBefore = (day: string): string => shifted(day, -1);
export const nextDay = (day: string): string => shifted(day, 1);

/** The local day of now, YYYY-MM-DD. Without a zone the one of this browser. */
export function today(zone: string | undefined): string {
  return new Intl.DateTimeFormat('en-CA', zone === undefined ? {} : { timeZone: zone }).format(Date.now());
}

/** A local day in words; the day has no zone, so none is applied. */
export function dayName(day: string, s: Strings): string {
  return new Intl.DateTimeFormat(s.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

/** The kind of an entry in words. */
export function typeName(type: string, s: Strings): string {
  const names: Readonly<Record<string, string>> = { ...s.directions, ...s.admin.types };
  return names[type] ?? type;
}

/**
 * Offset of the zone at a local time, as ±HH:MM. Without a zone the one of this browser.
 * @param day YYYY-MM-DD
 * @param time HH:MM
 */
export function offsetAt(day: string, time: string, zone: string | undefined): string {
  // The offset in force at this time read as UTC is at most a day's hour off only within hours of a change of it.
  const near = new Date(`${day}T${time}:00Z`);
  const part = (at: Date) =>
    new Intl.DateTimeFormat('en-GB', { timeZoneName: 'longOffset', ...(zone !== undefined && { timeZone: zone }) })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const text = (name: string) => /GMT([+-]\d{2}:\d{2})/.exec(name)?.[1] ?? '+00:00';
  const first = text(part(near));
  return text(part(new Date(`${day}T${time}:00${first}`)));
}
