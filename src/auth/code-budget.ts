import { z } from 'zod';
import type { Clock } from '../ports/clock.js';
import type { CollectionSpec, Store } from '../ports/collection.js';
import { GroupedWrites } from './grouped-writes.js';

/** Wait after the first, second … code of a person within ten minutes, s. */
const RESEND_DELAYS_S = [30, 40, 60, 90, 120] as const;
export const SENDS_MAX = 5;
const SENDS_WINDOW_MS = 600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Wait before the next code after so many that went out, ms. */
export function resendDelayMs(sends: number): number {
  if (sends <= 0) return 0;
  return RESEND_DELAYS_S[Math.min(sends, RESEND_DELAYS_S.length) - 1]! * 1000;
}

/** One code that was asked for. `failed`: it certainly or probably did not go out, so no wait follows it. */
const sendSchema = z.strictObject({ at: z.number(), failed: z.literal(true).optional() });
const schema = z.strictObject({
  /** Monotonic clock at the last write: times of an earlier boot are read against it. */
  boot: z.string(),
  monoMs: z.number(),
  people: z.array(z.strictObject({ personId: z.string().min(1), sends: z.array(sendSchema).readonly() })).readonly(),
  /** Messages that cost money: how many began within an hour from `from`, the newest of them at `last`. */
  hours: z.array(z.strictObject({ from: z.number(), last: z.number(), count: z.int().min(0) })).readonly(),
});
type Document = z.infer<typeof schema>;

interface Send {
  readonly at: number;
  failed: boolean;
}
interface Hour {
  readonly from: number;
  last: number;
  count: number;
}

/** What `take` found. `waitMs`: how long until it may be asked again. */
export type BudgetVerdict =
  | { readonly kind: 'taken'; readonly ticket: BudgetTicket }
  | { readonly kind: 'too_soon' | 'limit'; readonly waitMs: number };

/** A send that was granted. */
export interface BudgetTicket {
  /**
   * The send failed: no wait follows it. It still counts among the five of ten minutes.
   * @param certainly nothing can have gone out; the message is given back to the day's budget
   */
  failed(certainly: boolean): Promise<void>;
}

/**
 * How many codes may go out: for each person five in ten minutes with growing waits between them, and for everybody
 * together so many messages in 24 hours (docs/adr/0083). Kept in `code-budget.json`, durable before a code goes out.
 * Time is monotonic; time in which the machine was off does not count.
 */
export class CodeBudget {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #dailyMessages: number;
  readonly #onFault: (error: unknown) => void;
  readonly #people = new Map<string, Send[]>();
  #hours: Hour[] = [];
  #writes: GroupedWrites<Document> | undefined;
  #cancelTick: () => void = () => undefined;

  /** @param parts onFault: the hourly note of the time could not be stored */
  constructor(parts: {
    store: Store;
    clock: Clock;
    config: { readonly dailyMessages: number };
    onFault: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#dailyMessages = parts.config.dailyMessages;
    this.#onFault = parts.onFault;
  }

  async start(): Promise<void> {
    const spec: CollectionSpec<Document> = {
      file: 'code-budget.json',
      version: 1,
      schema,
      initial: () => ({ ...this.#time(), people: [], hours: [] }),
    };
    const collection = await this.#store.collection(spec);
    this.#writes = new GroupedWrites(collection, () => this.#document());
    this.#load(collection.read());
    this.#tick();
  }

  async stop(): Promise<void> {
    this.#cancelTick();
    if (this.#people.size > 0 || this.#hours.length > 0) await this.#writes?.write().catch(this.#onFault);
    await this.#writes?.close();
    this.#writes = undefined;
  }

  /** How long until this person may be sent a code, ms; the day's budget left aside. */
  waitMs(personId: string): number {
    return this.#ofPerson(personId)?.waitMs ?? 0;
  }

  /**
   * Takes one send: in force at once, durable when it resolves.
   * @param paid whether it is a message of the day's budget
   * @throws VestibuleError `storage_*`; then nothing may be sent
   */
  async take(personId: string, paid: boolean): Promise<BudgetVerdict> {
    const refused = this.#ofPerson(personId) ?? (paid ? this.#ofDay() : undefined);
    if (refused !== undefined) return refused;
    const now = this.#clock.mono();
    const send: Send = { at: now, failed: false };
    this.#people.set(personId, [...this.#sends(personId), send]);
    const hour = paid ? this.#hourOf(now) : undefined;
    if (hour !== undefined) {
      hour.count += 1;
      hour.last = now;
    }
    await this.#started().write();
    return {
      kind: 'taken',
      ticket: {
        failed: async (certainly) => {
          send.failed = true;
          if (certainly && hour !== undefined) hour.count -= 1;
          await this.#started().write();
        },
      },
    };
  }

  /** Removes every trace of a person, also from the store's previous copy. @throws VestibuleError `storage_*` */
  async forget(personId: string): Promise<void> {
    this.#people.delete(personId);
    await this.#started().writeTwice();
  }

  #ofPerson(personId: string): Exclude<BudgetVerdict, { kind: 'taken' }> | undefined {
    const now = this.#clock.mono();
    const sends = this.#sends(personId);
    const sent = sends.filter(({ failed }) => !failed);
    const lastSent = sent.at(-1);
    const delay = lastSent === undefined ? 0 : lastSent.at + resendDelayMs(sent.length) - now;
    const oldest = sends.at(-SENDS_MAX);
    if (oldest !== undefined) return { kind: 'limit', waitMs: Math.max(oldest.at + SENDS_WINDOW_MS - now, delay) };
    return delay > 0 ? { kind: 'too_soon', waitMs: delay } : undefined;
  }

  #ofDay(): Exclude<BudgetVerdict, { kind: 'taken' }> | undefined {
    const hours = this.#recentHours();
    if (hours.reduce((sum, { count }) => sum + count, 0) < this.#dailyMessages) return undefined;
    const first = hours.find(({ count }) => count > 0) ?? hours[0];
    return { kind: 'limit', waitMs: Math.max(0, (first?.last ?? 0) + DAY_MS - this.#clock.mono()) };
  }

  #sends(personId: string): Send[] {
    const begin = this.#clock.mono() - SENDS_WINDOW_MS;
    return (this.#people.get(personId) ?? []).filter(({ at }) => at > begin);
  }

  #recentHours(): Hour[] {
    const begin = this.#clock.mono() - DAY_MS;
    return this.#hours.filter(({ last }) => last > begin);
  }

  #hourOf(now: number): Hour {
    const newest = this.#hours.at(-1);
    if (newest !== undefined && now - newest.from < HOUR_MS) return newest;
    const hour: Hour = { from: now, last: now, count: 0 };
    this.#hours = [...this.#recentHours(), hour];
    return hour;
  }

  /**
   * Times of an earlier boot are moved so that the last write was now. Nothing gets older by a restart of the machine,
   * because nobody can say how long it was off.
   */
  #load(data: Document): void {
    const { boot, monoMs } = this.#time();
    const shift = data.boot === boot && data.monoMs <= monoMs ? 0 : monoMs - data.monoMs;
    this.#people.clear();
    for (const { personId, sends } of data.people)
      this.#people.set(
        personId,
        sends.map(({ at, failed }) => ({ at: at + shift, failed: failed === true })),
      );
    this.#hours = data.hours.map(({ from, last, count }) => ({ from: from + shift, last: last + shift, count }));
  }

  /** Once an hour the time is noted, so that a power cut takes at most an hour from the age of what is counted. */
  #tick(): void {
    this.#cancelTick = this.#clock.after(HOUR_MS, () => {
      if (this.#recentHours().length > 0) this.#writes?.write().catch(this.#onFault);
      this.#tick();
    });
  }

  #time(): { boot: string; monoMs: number } {
    return { boot: this.#clock.state().boot, monoMs: this.#clock.mono() };
  }

  /** Drops what no longer counts on the way. */
  #document(): Document {
    const people: Document['people'][number][] = [];
    for (const personId of [...this.#people.keys()]) {
      const sends = this.#sends(personId);
      if (sends.length === 0) this.#people.delete(personId);
      else people.push({ personId, sends: sends.map(({ at, failed }) => ({ at, ...(failed && { failed }) })) });
    }
    this.#hours = this.#recentHours();
    return { ...this.#time(), people, hours: this.#hours.map((hour) => ({ ...hour })) };
  }

  #started(): GroupedWrites<Document> {
    if (this.#writes === undefined) throw new Error('CodeBudget.start() was not called');
    return this.#writes;
  }
}
