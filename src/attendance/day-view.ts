import type { AttendanceEvent } from '../domain/attendance.js';
import { localDay } from '../domain/local-day.js';
import { countedPunches, directionOf, type PeriodRules, workedMs, workingPeriods } from '../domain/working-period.js';
import type { NameOf } from './csv.js';

/** One person's local day. */
export interface PersonDayRow {
  readonly personId: string;
  /** Empty when nobody of that id is enrolled any more. */
  readonly name: string;
  readonly externalId?: string;
  /** RFC 3339. */
  readonly firstIn?: string;
  readonly lastOut?: string;
  readonly workedMs: number;
  readonly inside: boolean;
  /** A period of this day or a running one of the day before was never ended. */
  readonly forgotten: boolean;
  /** Events of the person that lie in this local day, in `seq` order. */
  readonly events: readonly AttendanceEvent[];
}

/**
 * The present local day by person, in the order of the first event. A night shift that began yesterday and still
 * runs, or ended today, is listed with the hours of its whole period.
 * @param events events of the last two local days in `seq` order
 * @param nowMs wall time
 */
export function dayView(
  events: readonly AttendanceEvent[],
  nameOf: NameOf,
  nowMs: number,
  zone: string,
  rules: Pick<PeriodRules, 'longestPeriodMs' | 'lastOutWins'>,
): PersonDayRow[] {
  const today = localDay(nowMs, zone);
  const byPerson = new Map<string, AttendanceEvent[]>();
  for (const event of events) {
    if (event.person === null) continue;
    const list = byPerson.get(event.person.id);
    if (list === undefined) byPerson.set(event.person.id, [event]);
    else list.push(event);
  }
  const rows: PersonDayRow[] = [];
  for (const [personId, own] of byPerson) {
    const periods = workingPeriods(own, { ...rules, zone }, { wallMs: nowMs });
    const ofToday = own.filter((event) => localDay(Date.parse(event.at), zone) === today);
    const last = periods.at(-1);
    if (ofToday.length === 0 && last?.state !== 'open') continue;
    const shown = periods.filter(
      (period) =>
        period.day === today ||
        period.state === 'open' ||
        (period.checkOut !== undefined && ofToday.includes(period.checkOut)),
    );
    const first = shown[0];
    const outs = shown.flatMap((period) => (period.checkOut === undefined ? [] : [period.checkOut]));
    const strayOut = countedPunches(own).findLast(
      (event) => directionOf(event) === 'check_out' && ofToday.includes(event),
    );
    const lastOut = outs.at(-1)?.at ?? strayOut?.at;
    const externalId = own.findLast((event) => event.person?.externalId !== undefined)?.person?.externalId;
    rows.push({
      personId,
      name: nameOf(personId) ?? '',
      ...(externalId === undefined ? {} : { externalId }),
      ...(first === undefined ? {} : { firstIn: first.checkIn.at }),
      ...(lastOut === undefined ? {} : { lastOut }),
      workedMs: [...new Set(shown.map((period) => period.day))].reduce((sum, day) => sum + workedMs(shown, day), 0),
      inside: last?.state === 'open',
      forgotten: shown.some((period) => period.state === 'forgotten'),
      events: ofToday,
    });
  }
  return rows;
}
