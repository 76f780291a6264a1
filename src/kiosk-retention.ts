import type { Ledger } from './attendance/ledger.js';
import { acknowledgedSeq } from './attendance/outbox-cursor.js';
import type { Decisions } from './auth/decisions.js';
import type { Config } from './config/schema.js';
import { isCorrection } from './domain/attendance.js';
import { dayBefore, localDay } from './domain/local-day.js';
import type { Log } from './log/logger.js';
import type { Clock } from './ports/clock.js';
import type { Store } from './ports/collection.js';

/** Old day files are looked for this often, ms. */
const LOOK_EVERY_MS = 6 * 3_600_000;
/** The same while the clock is not trusted: after a start NTP needs a moment. */
const LOOK_AGAIN_MS = 10 * 60_000;
/** A clock that nothing confirms may have been silent this long, at most. */
const LONGEST_SILENCE_DAYS = 31;

/**
 * Whether the records themselves speak for a clock that neither NTP nor a hardware clock vouches for: it is not before
 * the newest punch and not more than 31 days after it, and there is no longer gap between the days with punches back to
 * the first day that is kept. A clock that jumped to 2040 has such a gap behind it, also after people punched there;
 * only when it has run on for the whole retention period is everything before the gap certainly old.
 * @param facts days: local days with punches, sorted; firstKept: days before it are to be removed
 */
export function clockIsSteady(facts: {
  readonly nowMs: number;
  readonly newestMs: number;
  readonly days: readonly string[];
  readonly firstKept: string;
  readonly zone: string;
}): boolean {
  const { nowMs, newestMs, days, firstKept, zone } = facts;
  if (nowMs < newestMs || nowMs - newestMs > LONGEST_SILENCE_DAYS * 86_400_000) return false;
  let reached = localDay(nowMs, zone);
  for (const day of days.filter((one) => one <= reached).reverse()) {
    if (day < dayBefore(reached, LONGEST_SILENCE_DAYS)) break;
    reached = day;
  }
  return reached <= firstKept;
}

/**
 * Removes day files and decisions older than the retention period, at the start and every few hours. Never while the
 * wall clock cannot be trusted: a kiosk that believes it is 2040 would delete everything.
 */
export class Retention {
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #ledger: Ledger;
  readonly #decisions: Decisions;
  readonly #config: Pick<Config, 'zone' | 'attendance'>;
  readonly #log: Log;
  #cancel: () => void = () => {};
  #work: Promise<void> = Promise.resolve();
  /** Looks in a row at which the clock was not trusted. */
  #heldBack = 0;

  constructor(
    rooms: { readonly clock: Clock; readonly store: Store; readonly ledger: Ledger; readonly decisions: Decisions },
    config: Pick<Config, 'zone' | 'attendance'>,
    log: Log,
  ) {
    this.#clock = rooms.clock;
    this.#store = rooms.store;
    this.#ledger = rooms.ledger;
    this.#decisions = rooms.decisions;
    this.#config = config;
    this.#log = log;
  }

  start(): void {
    const isTrusted = this.#isTrusted();
    this.#work = this.#work
      .then(() => (isTrusted ? this.#remove() : this.#holdBack()))
      .catch((error: unknown) => this.#log.warn('Old files could not be removed', { error }));
    this.#cancel = this.#clock.after(isTrusted ? LOOK_EVERY_MS : LOOK_AGAIN_MS, () => this.start());
  }

  /** Resolves when a running removal is over. */
  stop(): Promise<void> {
    this.#cancel();
    return this.#work;
  }

  /** Resolves when the looks begun so far are over. */
  idle(): Promise<void> {
    return this.#work;
  }

  #isTrusted(): boolean {
    if (this.#clock.state().sync !== 'none') return true;
    const newestMs = this.#newestMs();
    if (newestMs === undefined) return false;
    return clockIsSteady({
      nowMs: this.#clock.now(),
      newestMs,
      days: this.#ledger.days(),
      firstKept: this.#firstKept(),
      zone: this.#config.zone,
    });
  }

  /** Wall time of the newest punch; a correction says nothing about the clock. */
  #newestMs(): number | undefined {
    const newest = this.#ledger.recent(Number.NEGATIVE_INFINITY).findLast((event) => !isCorrection(event));
    return newest && Date.parse(newest.at);
  }

  #firstKept(): string {
    const { zone, attendance } = this.#config;
    return dayBefore(localDay(this.#clock.now(), zone), attendance.retentionDays);
  }

  async #holdBack(): Promise<void> {
    const firstKept = this.#firstKept();
    const days = [...this.#ledger.days(), ...(await this.#decisions.days())];
    const isBehind = (this.#newestMs() ?? 0) > this.#clock.now();
    // A young kiosk has nothing to remove yet.
    if (!isBehind && !days.some((day) => day < firstKept)) return;
    this.#heldBack++;
    // At the first look a kiosk that has just started may only be waiting for NTP.
    if (this.#heldBack === 2)
      this.#log.warn(
        'Old day files are not removed, because the clock cannot be trusted: neither NTP nor a hardware clock confirms it, and the recorded punches do not agree with it. Set the clock, or give the kiosk an NTP server or a hardware clock.',
      );
  }

  async #remove(): Promise<void> {
    this.#heldBack = 0;
    const acknowledged = await acknowledgedSeq(this.#store);
    const removed = await this.#ledger.prune(acknowledged, this.#firstKept());
    await this.#decisions.prune(this.#config.attendance.retentionDays);
    if (removed.length > 0)
      this.#log.info('Day files older than the retention period were removed', { count: removed.length });
  }
}
