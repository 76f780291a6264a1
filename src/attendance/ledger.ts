import type { AttendanceEvent } from '../domain/attendance.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { localDay } from '../domain/local-day.js';
import type { Collection, Store } from '../ports/collection.js';
import type { NameOf } from './csv.js';
import { DayCsv } from './day-csv.js';
import {
  ATTENDANCE_DIRECTORY,
  csvName,
  type DayDocument,
  daySpec,
  daysAmong,
  type FiledEvent,
  filed,
  newestSegments,
  SEGMENTS_SPEC,
  type SegmentsDocument,
  segmentOf,
  segmentsOf,
} from './day-file.js';

/** Newest days whose events stay in memory: today, yesterday and what a jumping clock put between. */
const DAYS_IN_MEMORY = 4;

export interface LedgerParts {
  readonly store: Store;
  /** IANA zone of the local day. */
  readonly zone: string;
  /** Names for the CSV files. */
  readonly nameOf?: NameOf;
  /** Something that an administrator must know, as a sentence. */
  readonly onFault?: (message: string) => void;
}

/**
 * All attendance events of this kiosk: gap-free by `seq`, one document a local day, each with a CSV beside it.
 * An event is announced to nobody before it is on the disk.
 */
export class Ledger {
  readonly #store: Store;
  readonly #zone: string;
  readonly #onFault: (message: string) => void;
  readonly #csv: DayCsv;
  readonly #listeners: ((event: AttendanceEvent) => void)[] = [];
  /** Documents that this run has written to; they stay open until their day leaves memory. */
  readonly #written = new Map<string, Collection<DayDocument>>();
  #segments: Collection<SegmentsDocument> | undefined;
  #recent: AttendanceEvent[] = [];
  #newest = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: LedgerParts) {
    this.#store = parts.store;
    this.#zone = parts.zone;
    this.#onFault = parts.onFault ?? (() => undefined);
    this.#csv = new DayCsv({
      store: parts.store,
      nameOf: parts.nameOf ?? (() => undefined),
      onFault: (message) => this.#onFault(message),
    });
  }

  /**
   * Reads the newest days, repairs the list of segments and the CSV files.
   * @param floorSeq highest `seq` known elsewhere (the outbox cursor): no `seq` up to it is used again
   */
  async start(floorSeq = 0): Promise<void> {
    const names = await this.#store.list(ATTENDANCE_DIRECTORY);
    const days = daysAmong(names);
    this.#segments = await this.#store.collection(SEGMENTS_SPEC);
    await this.#repairSegments(days);
    const segments = this.#segments.read().segments;
    for (const day of days) {
      const isNew = newestSegments(segments, DAYS_IN_MEMORY).some((segment) => segment.date === day);
      if (!isNew && !names.includes(`${day}.csv`)) await this.#csv.verify(day, await this.day(day));
    }
    const lost = await this.#loadRecent();
    const last = this.#recent.at(-1)?.seq ?? 0;
    const known = Math.max(last + lost, floorSeq, (segments.at(-1)?.fromSeq ?? 1) - 1);
    if (known > last) {
      this.#onFault(
        `Attendance events ${last + 1} to ${known} were stored once and are missing now. Their numbers are not used again; look at the .corrupt-* and .before-recovery files in ${ATTENDANCE_DIRECTORY}.`,
      );
    }
    this.#newest = known;
  }

  /**
   * Stores one event. Resolves when the day file is fsynced (its CSV row too, unless the disk refused it: then the CSV
   * is written again later). Rejects with `storage_full` or `storage_failed`: then nothing was recorded and the `seq`
   * is free again.
   * @param make makes the event for the `seq` that it is given; called when its turn comes
   */
  append(make: (seq: number) => AttendanceEvent): Promise<AttendanceEvent> {
    const run = this.#queue.then(() => this.#append(make));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** First and last `seq` on the disk; 0, 0 when there is none. */
  span(): { oldest: number; newest: number } {
    const first = this.#open().read().segments[0];
    return { oldest: first === undefined || first.fromSeq > this.#newest ? 0 : first.fromSeq, newest: this.#newest };
  }

  /** Events with `fromSeq` ≤ seq ≤ `toSeq` in `seq` order; one day file at a time is in memory. */
  async *range(fromSeq: number, toSeq: number): AsyncIterable<AttendanceEvent> {
    let next = fromSeq;
    for (;;) {
      const segments = this.#open().read().segments;
      const index = segments.findLastIndex((segment) => segment.fromSeq <= next);
      const segment = segments[index] ?? segments[0];
      if (segment === undefined || next > Math.min(toSeq, this.#newest)) return;
      const following = segments[Math.max(index, 0) + 1];
      const end = Math.min(toSeq, this.#newest, following === undefined ? toSeq : following.fromSeq - 1);
      for (const event of await this.day(segment.date)) {
        if (event.seq >= next && event.seq >= segment.fromSeq && event.seq <= end) yield event;
      }
      next = end + 1;
    }
  }

  /** Events of one local day in `seq` order; none for a day without a file. */
  async day(date: string): Promise<readonly AttendanceEvent[]> {
    const written = this.#written.get(date);
    if (written !== undefined) return written.read().events;
    const document = await this.#store.collection(daySpec(date));
    const { events } = document.read();
    await document.close();
    return events;
  }

  /** Local days that have events, sorted. */
  days(): readonly string[] {
    return [
      ...new Set(
        this.#open()
          .read()
          .segments.map((segment) => segment.date),
      ),
    ].sort();
  }

  /** Whether any event that is kept is about this person; reads the day files until one is found, newest first. */
  async knows(personId: string): Promise<boolean> {
    for (const date of this.days().toReversed())
      if ((await this.day(date)).some((event) => event.person?.id === personId)) return true;
    return false;
  }

  /** Events in memory (about two local days) whose wall time is not before `sinceWallMs`, in `seq` order. */
  recent(sinceWallMs: number): readonly AttendanceEvent[] {
    if (sinceWallMs === Number.NEGATIVE_INFINITY) return this.#recent;
    return this.#recent.filter((event) => Date.parse(event.at) >= sinceWallMs);
  }

  /** Called after each stored event, in `seq` order. */
  onAppended(listener: (event: AttendanceEvent) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Removes the day files before `keepFromDay` whose events were all acknowledged. Returns the removed days.
   * The day of the newest event always stays.
   */
  prune(acknowledgedSeq: number, keepFromDay: string): Promise<readonly string[]> {
    const run = this.#queue.then(() => this.#prune(acknowledgedSeq, keepFromDay));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  /** Waits for running appends and closes the documents. */
  async stop(): Promise<void> {
    await this.#queue;
    for (const document of this.#written.values()) await document.close();
    this.#written.clear();
    await this.#segments?.close();
  }

  async #append(make: (seq: number) => AttendanceEvent): Promise<AttendanceEvent> {
    const seq = this.#newest + 1;
    const event = make(seq);
    if (event.seq !== seq) throw new VestibuleError('input_invalid', `The event must carry seq ${seq}.`);
    const day = localDay(Date.parse(event.at), this.#zone);
    const isNewSegment = await this.#beginSegment(event);
    const document = this.#written.get(day) ?? (await this.#store.collection(daySpec(day)));
    this.#written.set(day, document);
    const { events } = await document.update((current: DayDocument) => ({ events: [...current.events, event] }));
    this.#newest = seq;
    this.#recent.push(event);
    await this.#csv.append(day, event, events);
    if (isNewSegment) await this.#forgetOldSegments();
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.#onFault(`An event was stored, but a part of the kiosk failed on it: ${toError(thrown).message}`);
      }
    }
    return event;
  }

  /** Notes the segment before its first event. A segment whose first event was never stored is replaced. */
  async #beginSegment(event: AttendanceEvent): Promise<boolean> {
    const last = this.#open().read().segments.at(-1);
    if (segmentOf(event, this.#zone, last) === last) return false;
    await this.#open().update(({ segments }) => {
      const used = segments.filter((segment) => segment.fromSeq < event.seq);
      const segment = segmentOf(event, this.#zone, used.at(-1));
      return { segments: segment === used.at(-1) ? used : [...used, segment] };
    });
    return true;
  }

  async #forgetOldSegments(): Promise<void> {
    const kept = newestSegments(this.#open().read().segments, DAYS_IN_MEMORY);
    const fromSeq = kept[0]?.fromSeq ?? 0;
    this.#recent = this.#recent.filter((event) => event.seq >= fromSeq);
    for (const [day, document] of this.#written) {
      if (kept.some((segment) => segment.date === day && segment.backdated === undefined)) continue;
      this.#written.delete(day);
      await document.close();
    }
  }

  /** Rebuilds the list of segments when it and the day files disagree. */
  async #repairSegments(days: readonly string[]): Promise<void> {
    const segments = this.#open().read().segments;
    const listed = new Set(segments.map((segment) => segment.date));
    // A last segment without a day file is one whose first event was not stored.
    const missing = segments.slice(0, -1).filter((segment) => !days.includes(segment.date));
    if (missing.length === 0 && days.every((day) => listed.has(day))) return;
    for (const { date, fromSeq } of missing)
      this.#onFault(
        `The attendance of ${date} (from event ${fromSeq}) is missing. Restore ${date}.json from a backup.`,
      );
    const events: FiledEvent[] = [];
    // Only what is needed: years of whole events are too much for the memory.
    for (const day of days) events.push(...(await this.day(day)).map(filed));
    const rebuilt = segmentsOf(events, this.#zone);
    const last = segments.at(-1);
    const end = Math.max(0, ...events.map((event) => event.seq));
    // Numbers once given out stay taken even when their events are gone.
    if (last !== undefined && last.fromSeq > end) rebuilt.push(last);
    await this.#open().update(() => ({ segments: rebuilt }));
  }

  /** Loads the newest segments and verifies their CSV files. Returns how many stored events are lost at the end. */
  async #loadRecent(): Promise<number> {
    const segments = this.#open().read().segments;
    const kept = newestSegments(segments, DAYS_IN_MEMORY);
    const from = kept[0]?.fromSeq ?? 1;
    const events: AttendanceEvent[] = [];
    let lost = 0;
    for (const day of new Set(kept.map((segment) => segment.date))) {
      const stored = await this.day(day);
      const isLast = day === kept.at(-1)?.date;
      // A last day without any event has no CSV, unless its day file lost them.
      const hasCsv = (await this.#store.readText(csvName(day))) !== undefined;
      const surplus = stored.length > 0 || hasCsv ? await this.#csv.verify(day, stored) : 0;
      if (isLast) lost = surplus;
      events.push(...stored.filter((event) => event.seq >= from));
    }
    this.#recent = events.sort((a, b) => a.seq - b.seq);
    return lost;
  }

  async #prune(acknowledgedSeq: number, keepFromDay: string): Promise<readonly string[]> {
    const { segments } = this.#open().read();
    const lastSeqOf = new Map<string, number>();
    segments.forEach(({ date }, index) => {
      lastSeqOf.set(date, (segments[index + 1]?.fromSeq ?? this.#newest + 1) - 1);
    });
    const newestDay = segments.at(-1)?.date;
    const removed = this.days().filter(
      (day) => day < keepFromDay && day !== newestDay && (lastSeqOf.get(day) ?? 0) <= acknowledgedSeq,
    );
    if (removed.length === 0) return removed;
    const gone = new Set(removed);
    await this.#open().update((current) => ({
      segments: current.segments.filter((segment) => !gone.has(segment.date)),
    }));
    for (const day of removed) {
      this.#written.delete(day);
      await this.#store.remove(daySpec(day).file);
      await this.#csv.remove(day);
    }
    this.#recent = this.#recent.filter((event) => !gone.has(localDay(Date.parse(event.at), this.#zone)));
    return removed;
  }

  #open(): Collection<SegmentsDocument> {
    if (this.#segments === undefined) throw new VestibuleError('storage_failed', 'The ledger was not started.');
    return this.#segments;
  }
}
