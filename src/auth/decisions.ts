import { z } from 'zod';
import type { ClockState } from '../domain/attendance.js';
import { type Decision, PURPOSES } from '../domain/decision.js';
import { FACTOR_KINDS, OTP_CHANNELS } from '../domain/factor.js';
import { REASONS } from '../domain/reason.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';

/** A decision in the audit: with wall time and the state of the clocks, without pictures and vectors. */
export interface JournaledDecision extends Decision {
  /** RFC 3339 UTC. */
  readonly wall: string;
  readonly clock: ClockState;
  /** The attendance event that came of it. */
  readonly eventId?: string;
}

interface AuditDay {
  readonly decisions: readonly JournaledDecision[];
}

const factorSchema = z.strictObject({
  kind: z.enum(FACTOR_KINDS),
  outcome: z.enum(['passed', 'failed', 'unavailable']),
  reason: z.enum(REASONS),
  score: z.number().optional(),
  threshold: z.number().optional(),
  mode: z.enum(['1:1', '1:N']).optional(),
  gallery: z.int().optional(),
  fmr: z.number().optional(),
  model: z.string().optional(),
  channel: z.enum(OTP_CHANNELS).optional(),
  at: z.number(),
});

const daySchema = z.strictObject({
  decisions: z.array(
    z.strictObject({
      id: z.string(),
      purpose: z.enum(PURPOSES),
      outcome: z.enum(['granted', 'denied']),
      reason: z.enum(REASONS),
      personId: z.string().optional(),
      factors: z.array(factorSchema),
      at: z.number(),
      wall: z.string(),
      clock: z.strictObject({
        sync: z.enum(['ntp', 'rtc', 'none']),
        offsetMs: z.number().optional(),
        boot: z.string(),
        monoMs: z.number(),
      }),
      eventId: z.string().optional(),
    }),
  ),
});

const FOLDER = 'audit';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

function specOf(day: string): CollectionSpec<AuditDay> {
  return {
    file: `${FOLDER}/${day}.json`,
    version: 1,
    schema: daySchema as unknown as z.ZodType<AuditDay>,
    initial: () => ({ decisions: [] }),
  };
}

/**
 * Journal of decisions, one document for each local day (docs/adr/0041): a month would be rewritten whole at every
 * decision.
 */
export class Decisions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #dayFormat: Intl.DateTimeFormat;
  /** One access after the other, so that the order on the disk is the order of the calls. */
  #work: Promise<unknown> = Promise.resolve();
  /** The one document that is kept open; of the days before it nothing stays in memory. */
  #present: { readonly day: string; readonly collection: Collection<AuditDay> } | undefined;

  /** @param parts zone: IANA time zone of the local day */
  constructor(parts: { store: Store; clock: Clock; zone: string }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#dayFormat = new Intl.DateTimeFormat('en-CA', {
      timeZone: parts.zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  }

  /** The local day now, YYYY-MM-DD. */
  today(): string {
    return this.#dayOf(this.#clock.now());
  }

  /** Durable when it resolves. @param eventId attendance event that the decision led to */
  add(decision: Decision, eventId?: string): Promise<JournaledDecision> {
    const entry: JournaledDecision = {
      ...decision,
      wall: new Date(this.#clock.now()).toISOString(),
      clock: this.#clock.state(),
      ...(eventId !== undefined && { eventId }),
    };
    const day = this.today();
    return this.#inTurn(async () => {
      if (this.#present?.day !== day) {
        await this.#letGo();
        this.#present = { day, collection: await this.#store.collection(specOf(day)) };
      }
      await this.#present.collection.update(({ decisions }) => ({ decisions: [...decisions, entry] }));
      return entry;
    });
  }

  /** Decisions of a local day, oldest first; empty when there are none. @param day YYYY-MM-DD, default today */
  list(day: string = this.today()): Promise<readonly JournaledDecision[]> {
    return this.#inTurn(async () => {
      if (this.#present?.day === day) return this.#present.collection.read().decisions;
      if (!(await this.days()).includes(day)) return [];
      const collection = await this.#store.collection(specOf(day));
      const { decisions } = collection.read();
      await collection.close();
      return decisions;
    });
  }

  /** Days that have a journal, oldest first. */
  async days(): Promise<readonly string[]> {
    const files = await this.#store.list(FOLDER);
    return files
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((day) => DAY.test(day))
      .sort();
  }

  /** Removes the journals of days before the last `keepDays` days. @returns days removed */
  prune(keepDays: number): Promise<readonly string[]> {
    const first = this.#dayOf(this.#clock.now() - (keepDays - 1) * 86_400_000);
    return this.#inTurn(async () => {
      const old = (await this.days()).filter((day) => day < first);
      if (this.#present !== undefined && this.#present.day < first) await this.#letGo();
      for (const day of old) await this.#store.remove(`${FOLDER}/${day}.json`);
      return old;
    });
  }

  async #letGo(): Promise<void> {
    const present = this.#present;
    this.#present = undefined;
    await present?.collection.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#work.then(work);
    this.#work = run.catch(() => undefined);
    return run;
  }

  #dayOf(unixMs: number): string {
    return this.#dayFormat.format(unixMs);
  }
}
