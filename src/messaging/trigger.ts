import { type AttendanceEvent, isCorrection } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import type { Bus } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';

/** The words a door or a lamp may act on. */
export type TriggerWord = 'granted' | 'denied' | 'check_in' | 'check_out' | 'duress';

/** A trigger is younger than this or it is not sent, monotonic ms (docs/mqtt.md "Topics"). */
const LIVE_MS = 5000;
const EXPIRY_SECONDS = 5;

/** Live words: QoS 0, never retained, never queued, never repeated. Lost rather than late. */
export class Trigger {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #topic: string;

  constructor(parts: { bus: Bus; clock: Clock; topic: string }) {
    this.#bus = parts.bus;
    this.#clock = parts.clock;
    this.#topic = parts.topic;
  }

  /** A durable punch. Corrections and other event types move nothing. */
  recorded(event: AttendanceEvent): void {
    if (event.type !== 'check_in' && event.type !== 'check_out') return;
    if (isCorrection(event) || event.clock.boot !== this.#clock.state().boot) return;
    this.fire(event.type, event.clock.monoMs);
  }

  /** An audited decision. Only a decision about a door says `granted`: a login must not open one. */
  decided(decision: Decision): void {
    if (decision.outcome === 'denied') this.fire('denied', decision.at);
    else if (decision.purpose === 'door') this.fire('granted', decision.at);
  }

  /** @param at monotonic ms of what caused the word */
  fire(word: TriggerWord, at: number): void {
    if (this.#clock.mono() - at >= LIVE_MS || !this.#bus.status().connected) return;
    // QoS 0 without a connection is lost by design; the outcome changes nothing.
    void this.#bus.publish(this.#topic, word, { qos: 0, retain: false, expirySeconds: EXPIRY_SECONDS });
  }
}
