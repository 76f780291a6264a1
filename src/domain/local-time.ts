import { DateTime } from 'luxon';
import { type LocalTime, WEEKDAYS } from './policy.js';

/** Weekday and minute that the clock on the wall of this zone shows. @param zone IANA time zone */
export function localTimeOf(unixMs: number, zone: string): LocalTime {
  const local = DateTime.fromMillis(unixMs, { zone });
  return { weekday: WEEKDAYS[local.weekday - 1] ?? 'mon', minute: local.hour * 60 + local.minute };
}
