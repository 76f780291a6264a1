import type { AttendanceEvent } from '../domain/attendance.js';
import { toError } from '../domain/errors.js';
import type { Store } from '../ports/collection.js';
import { countRows, csvLine, csvOfDay, type NameOf } from './csv.js';
import { csvName } from './day-file.js';

/** The CSV files beside the day files. They are derived: a failed write is made good later and never costs a punch. */
export class DayCsv {
  readonly #store: Store;
  readonly #nameOf: NameOf;
  readonly #onFault: (message: string) => void;
  /** Days whose CSV is known to equal the day file. */
  readonly #good = new Set<string>();

  constructor(parts: { store: Store; nameOf: NameOf; onFault: (message: string) => void }) {
    this.#store = parts.store;
    this.#nameOf = parts.nameOf;
    this.#onFault = parts.onFault;
  }

  /**
   * Compares the CSV of a day with its events and writes it anew when it differs.
   * Returns by how many rows the CSV had more than the day file: punches that a damaged day file lost. The CSV that
   * still shows them is kept beside as `<day>.csv.before-recovery`.
   */
  async verify(day: string, events: readonly AttendanceEvent[]): Promise<number> {
    try {
      const present = await this.#store.readText(csvName(day));
      const right = csvOfDay(events, this.#nameOf);
      const surplus = present === undefined ? 0 : Math.max(0, countRows(present) - events.length);
      if (surplus > 0 && present !== undefined) await this.#store.writeText(`${csvName(day)}.before-recovery`, present);
      if (present !== right) await this.#store.writeText(csvName(day), right);
      this.#good.add(day);
      return surplus;
    } catch (thrown) {
      this.#fail(day, thrown);
      return 0;
    }
  }

  /** Adds the row of a stored event. `events` is the whole day including it. */
  async append(day: string, event: AttendanceEvent, events: readonly AttendanceEvent[]): Promise<void> {
    try {
      if (this.#good.has(day)) await this.#store.append(csvName(day), csvLine(event, this.#nameOf));
      else await this.#store.writeText(csvName(day), csvOfDay(events, this.#nameOf));
      this.#good.add(day);
    } catch (thrown) {
      this.#fail(day, thrown);
    }
  }

  async remove(day: string): Promise<void> {
    this.#good.delete(day);
    await this.#store.remove(csvName(day));
    await this.#store.remove(`${csvName(day)}.before-recovery`);
  }

  #fail(day: string, thrown: unknown): void {
    this.#good.delete(day);
    this.#onFault(
      `The CSV file of ${day} is behind its day file and will be written again: ${toError(thrown).message}`,
    );
  }
}
