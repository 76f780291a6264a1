import type { AttendanceEvent } from '../domain/attendance.js';
import type { StateReader } from '../ports/collection.js';
import { ATTENDANCE_DIRECTORY, daySpec, daysAmong } from './day-file.js';

/** Reads day files beside a running daemon: no lock, no repair, nothing written. */
export class DayReader {
  readonly #reader: StateReader;
  readonly #onFault: (message: string) => void;

  /** @param parts onFault: called with a sentence when a day file is damaged */
  constructor(parts: { readonly reader: StateReader; readonly onFault: (message: string) => void }) {
    this.#reader = parts.reader;
    this.#onFault = parts.onFault;
  }

  /** Local days from `from` to `to` (both included, YYYY-MM-DD) that have a day file, sorted. */
  async days(from: string, to: string): Promise<readonly string[]> {
    return daysAmong(await this.#reader.list(ATTENDANCE_DIRECTORY)).filter((day) => day >= from && day <= to);
  }

  /** Events of one local day in `seq` order. */
  async day(date: string): Promise<readonly AttendanceEvent[]> {
    const { data, from, reason } = await this.#reader.read(daySpec(date));
    if (reason !== undefined)
      this.#onFault(
        `${date}.json is damaged (${reason}); ${from === 'previous' ? 'its copy before the last change is used' : 'no copy of it can be read'}.`,
      );
    return data.events;
  }

  /** The days of a range one after the other. */
  async *range(from: string, to: string): AsyncGenerator<readonly AttendanceEvent[]> {
    for (const date of await this.days(from, to)) yield await this.day(date);
  }
}
