import type { Config } from '../config/schema.js';
import type { AttendanceEvent, Direction } from '../domain/attendance.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { dayBefore, dayBounds, localDay, localTimestamp } from '../domain/local-day.js';
import { directionOf } from '../domain/working-period.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, Store } from '../ports/collection.js';
import type { Random } from '../ports/random.js';
import { CORRECTABLE_DAYS, correctingEvents, invalid, wantedPunch } from './correcting-events.js';
import {
  CORRECTIONS_SPEC,
  type CorrectionRecord,
  type CorrectionsDocument,
  isPending,
  type PlannedEvent,
} from './correction-record.js';
import type { Ledger } from './ledger.js';

/** Requests of one person that nobody has decided about yet. */
const OPEN_PER_PERSON = 20;
/** Decided requests are kept for so long; the events that they made stay in the ledger. */
const KEEP_DECIDED_MS = 92 * 86_400_000;

export interface CorrectionParts {
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'site' | 'kiosk' | 'zone'>;
  /** The person's number of the employer now; undefined without one. */
  readonly externalIdOf?: (personId: string) => string | undefined;
  /** Something that an administrator must know, as a sentence. */
  readonly onFault?: (message: string) => void;
}

/** What somebody asks to be corrected. */
export interface GivenCorrection {
  readonly eventId?: string | undefined;
  readonly direction?: Direction | undefined;
  /** RFC 3339 with offset. */
  readonly at?: string | undefined;
  readonly reason: string;
}

/**
 * Requests to correct punches, in `corrections.json`. An approved one becomes events in the ledger; what was recorded
 * before stays. The events' ids are stored with the approval before the first of them is written (docs/adr/0092), so a
 * kill in between neither loses nor doubles one.
 */
export class Corrections {
  readonly #parts: CorrectionParts;
  #collection: Collection<CorrectionsDocument> | undefined;
  /** One change after the other: what was checked still holds when it is written. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: CorrectionParts) {
    this.#parts = parts;
  }

  /** Opens the requests and finishes approvals that were cut off. The ledger must have been started. */
  async start(): Promise<void> {
    this.#collection = await this.#parts.store.collection(CORRECTIONS_SPEC);
    await this.#inTurn(async () => {
      for (const one of this.list().filter(({ state }) => state === 'approving')) {
        await this.#carryOut(one).catch((thrown: unknown) =>
          this.#parts.onFault?.(
            `An approved correction could not be written yet and is tried again at the next start: ${toError(thrown).message}`,
          ),
        );
      }
    });
  }

  async stop(): Promise<void> {
    await this.#work;
    await this.#collection?.close();
  }

  /** Every request, newest first. */
  list(): readonly CorrectionRecord[] {
    return this.#open().read().corrections.toReversed();
  }

  /** Requests of one person, newest first. */
  of(personId: string): readonly CorrectionRecord[] {
    return this.list().filter((one) => one.personId === personId);
  }

  /**
   * Stores a request; durable when it resolves.
   * @throws VestibuleError `input_invalid` (not an own punch, time in the future, too old, too many open), `storage_*`
   */
  request(personId: string, given: GivenCorrection): Promise<CorrectionRecord> {
    return this.#inTurn(async () => {
      const pending = this.of(personId).filter(isPending);
      if (pending.length >= OPEN_PER_PERSON)
        throw invalid(`${OPEN_PER_PERSON} requests are open. Wait until somebody has decided about them.`);
      const { eventId } = given;
      if (eventId !== undefined && pending.some((one) => one.eventId === eventId))
        throw invalid('A request for this punch is open already. Wait until somebody has decided about it.');
      const original = eventId === undefined ? undefined : await this.#original(personId, eventId);
      const wanted = wantedPunch(given, original, this.#limits());
      const was = original && directionOf(original);
      const now = this.#parts.clock.now();
      const record: CorrectionRecord = {
        id: this.#parts.random.uuid7(),
        personId,
        requestedAt: localTimestamp(now, this.#parts.config.zone),
        state: 'open',
        ...(original !== undefined && was !== undefined && { eventId, was: { direction: was, at: original.at } }),
        ...wanted,
        reason: given.reason,
      };
      await this.#open().update(({ corrections }) => ({
        corrections: [...corrections.filter((one) => isPending(one) || isFresh(one, now)), record],
      }));
      return record;
    });
  }

  /**
   * Approves a request: when it resolves its events are in the ledger. Approving again changes nothing.
   * @param by person id; absent for the holder of the admin code
   * @throws VestibuleError `input_invalid` (unknown, rejected, own, the punch was changed since), `storage_*`: after
   *   `storage_*` the same call goes on where it stopped
   */
  approve(id: string, by: string | undefined, note?: string): Promise<CorrectionRecord> {
    return this.#inTurn(async () => {
      const record = this.#judged(id, by);
      if (record.state === 'approved') return record;
      if (record.state === 'rejected') throw invalid('This request was rejected. The person can make a new one.');
      if (record.state === 'approving') return this.#carryOut(record);
      const original = record.eventId === undefined ? undefined : await this.#original(record.personId, record.eventId);
      const { direction, at } = record;
      const events = correctingEvents(original, direction && at ? { direction, at } : undefined, {
        zone: this.#parts.config.zone,
        newId: () => this.#parts.random.uuid7(),
        externalId: this.#parts.externalIdOf?.(record.personId),
      });
      return this.#carryOut(await this.#put({ ...record, ...this.#verdict(by, note), state: 'approving', events }));
    });
  }

  /**
   * Rejects a request; nothing changes in the ledger.
   * @throws VestibuleError `input_invalid` (unknown, approved, own), `storage_*`
   */
  reject(id: string, by: string | undefined, note?: string): Promise<CorrectionRecord> {
    return this.#inTurn(async () => {
      const record = this.#judged(id, by);
      if (record.state === 'rejected') return record;
      if (record.state !== 'open') throw invalid('This request was approved already.');
      return this.#put({ ...record, ...this.#verdict(by, note), state: 'rejected' });
    });
  }

  /**
   * Forgets the requests of a person who is removed. Events that they led to keep the opaque id. Two writes, so that
   * the previous good copy holds nothing of the person either.
   */
  removeOf(personId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.of(personId).length === 0) return;
      await this.#open().update(({ corrections }) => ({
        corrections: corrections.filter((one) => one.personId !== personId),
      }));
      await this.#open().update((data) => ({ ...data }));
    });
  }

  #judged(id: string, by: string | undefined): CorrectionRecord {
    const record = this.list().find((one) => one.id === id);
    if (record === undefined) throw invalid('There is no such request. Reload the list.');
    if (by !== undefined && record.personId === by)
      throw new VestibuleError('not_permitted', 'Nobody decides about a request of his own. Ask another manager.');
    return record;
  }

  #verdict(by: string | undefined, note: string | undefined): Partial<CorrectionRecord> {
    return {
      decidedAt: localTimestamp(this.#parts.clock.now(), this.#parts.config.zone),
      ...(by !== undefined && { decidedBy: by }),
      ...(note !== undefined && { note }),
    };
  }

  /** Writes the events that are not in the ledger yet, then notes that all are. */
  async #carryOut(record: CorrectionRecord): Promise<CorrectionRecord> {
    for (const planned of record.events ?? []) {
      if (!(await this.#isStored(planned))) await this.#append(record, planned);
    }
    return this.#put({ ...record, state: 'approved' });
  }

  /** Looks at the days around as well: the configured zone may be another one since the approval. */
  async #isStored({ id, at }: PlannedEvent): Promise<boolean> {
    const day = localDay(Date.parse(at), this.#parts.config.zone);
    for (const near of [day, dayBefore(day, 1), dayBefore(day, -1)])
      if ((await this.#parts.ledger.day(near)).some((event) => event.id === id)) return true;
    return false;
  }

  async #append({ id, personId }: CorrectionRecord, planned: PlannedEvent): Promise<void> {
    const { ledger, clock, config } = this.#parts;
    const { externalId, corrects } = planned;
    await ledger.append((seq) => ({
      id: planned.id,
      seq,
      type: planned.type,
      site: config.site.id,
      kiosk: config.kiosk.id,
      person: { id: personId, ...(externalId !== undefined && { externalId }) },
      at: planned.at,
      zone: config.zone,
      clock: clock.state(),
      decisionId: id,
      factors: [],
      ...(corrects !== undefined && { corrects }),
      correctionReason: 'approved',
    }));
  }

  /** The person's own punch that still counts. The same words for one that is not there and one of somebody else. */
  async #original(personId: string, eventId: string): Promise<AttendanceEvent> {
    const found = await this.#find(eventId);
    if (found === undefined || found.event.person?.id !== personId || directionOf(found.event) === undefined)
      throw invalid('You have no such punch. Reload the page and choose it again.');
    if (found.day.some(({ corrects }) => corrects === eventId))
      throw invalid('This punch was corrected in the meantime. Reload the page.');
    return found.event;
  }

  async #find(eventId: string): Promise<{ event: AttendanceEvent; day: readonly AttendanceEvent[] } | undefined> {
    const { ledger, clock, config } = this.#parts;
    const oldest = dayBefore(localDay(clock.now(), config.zone), CORRECTABLE_DAYS);
    for (const date of ledger.days().toReversed()) {
      if (date < oldest) break;
      const day = await ledger.day(date);
      const event = day.find(({ id }) => id === eventId);
      if (event !== undefined) return { event, day };
    }
    return undefined;
  }

  #limits(): { now: number; oldest: number; zone: string } {
    const { clock, config } = this.#parts;
    const oldest = dayBefore(localDay(clock.now(), config.zone), CORRECTABLE_DAYS);
    return { now: clock.now(), oldest: dayBounds(oldest, config.zone).startMs, zone: config.zone };
  }

  async #put(record: CorrectionRecord): Promise<CorrectionRecord> {
    await this.#open().update(({ corrections }) => ({
      corrections: corrections.map((one) => (one.id === record.id ? record : one)),
    }));
    return record;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#work.then(work);
    this.#work = run.catch(() => undefined);
    return run;
  }

  #open(): Collection<CorrectionsDocument> {
    if (this.#collection === undefined) throw new VestibuleError('storage_failed', 'The corrections were not started.');
    return this.#collection;
  }
}

function isFresh(record: CorrectionRecord, now: number): boolean {
  return Date.parse(record.decidedAt ?? record.requestedAt) > now - KEEP_DECIDED_MS;
}
