import type { EncodedEvent, OutboxLedger } from '../attendance/outbox.js';
import type { AttendanceEvent } from '../domain/attendance.js';
import type { Bus } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';

/** At most this many events a request. */
const MAX_EVENTS = 10_000;
/** 20 events in 100 ms: 200 a second. */
const BURST = 20;
const BURST_MS = 100;
const WINDOW_FULL_MS = 20;

export interface ReplayParts {
  readonly bus: Bus;
  readonly ledger: Pick<OutboxLedger, 'span' | 'range'>;
  readonly clock: Clock;
  readonly encode: (event: AttendanceEvent, replayed: boolean) => EncodedEvent;
}

export type ReplayResult =
  | { readonly kind: 'done' | 'interrupted'; readonly fromSeq: number; readonly toSeq: number; readonly count: number }
  | { readonly kind: 'gone'; readonly oldest: number };

/** Re-publishes stored events in order, one at a time in flight, marked as replayed. */
export class Replay {
  readonly #parts: ReplayParts;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** At most 10,000 events from `fromSeq`; `toSeq` of the result says how far it went. */
  async run(fromSeq: number, toSeq?: number): Promise<ReplayResult> {
    const { oldest, newest } = this.#parts.ledger.span();
    if (oldest > 0 && fromSeq < oldest) return { kind: 'gone', oldest };
    const last = Math.min(toSeq ?? newest, newest, fromSeq + MAX_EVENTS - 1);
    let count = 0;
    for await (const event of this.#parts.ledger.range(fromSeq, last)) {
      if (!(await this.#send(event))) return { kind: 'interrupted', fromSeq, toSeq: last, count };
      count++;
      if (count % BURST === 0) await this.#rest(BURST_MS);
    }
    return { kind: 'done', fromSeq, toSeq: last, count };
  }

  async #send(event: AttendanceEvent): Promise<boolean> {
    const { topic, payload, options } = this.#parts.encode(event, true);
    for (;;) {
      const outcome = await this.#parts.bus.publish(topic, payload, options);
      if (outcome.kind === 'acknowledged') return true;
      if (outcome.kind === 'refused' || !this.#parts.bus.status().connected) return false;
      await this.#rest(WINDOW_FULL_MS);
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.clock.after(ms, resolve);
    });
  }
}
