import type { Bus, PublishOptions } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';

/** Messages that may wait in memory; older ones are dropped and counted. */
const MAX_WAITING = 1000;
const RETRY_MS = 200;
/** A refused message is dropped after this many attempts, so that one forbidden topic cannot block the others. */
const MAX_REFUSALS = 3;

/** A message that waits for its turn. */
export interface Waiting {
  readonly topic: string;
  /** Made when it is sent: `late` is true when an earlier attempt failed or the event is no longer live. */
  readonly payload: (late: boolean) => string;
  readonly options: PublishOptions;
  /** Monotonic ms of the event. */
  readonly at: number;
}

/** An event counts as live for this long, monotonic ms. */
const LIVE_MS = 5000;

/** Access events, system events and answers: QoS 1, in order, one in flight, bounded memory. */
export class Sender {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #waiting: { message: Waiting; tries: number }[] = [];
  #open = false;
  #sending: Promise<void> | undefined;
  #dropped = 0;

  constructor(parts: { bus: Bus; clock: Clock }) {
    this.#bus = parts.bus;
    this.#clock = parts.clock;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(message: Waiting): void {
    this.#waiting.push({ message, tries: 0 });
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#kick();
  }

  /** The kiosk has announced itself: what waits may go out. */
  open(): void {
    this.#open = true;
    this.#kick();
  }

  close(): void {
    this.#open = false;
  }

  /** Waits until nothing waits or the link is gone. */
  async idle(): Promise<void> {
    await this.#sending;
  }

  #kick(): void {
    if (!this.#open || this.#sending !== undefined) return;
    this.#sending = this.#send().finally(() => {
      this.#sending = undefined;
      if (this.#open && this.#waiting.length > 0 && this.#bus.status().connected) this.#kick();
    });
  }

  async #send(): Promise<void> {
    while (this.#open) {
      const entry = this.#waiting[0];
      if (entry === undefined) return;
      const late = entry.tries > 0 || this.#clock.mono() - entry.message.at >= LIVE_MS;
      entry.tries++;
      const { topic, payload, options } = entry.message;
      const outcome = await this.#bus.publish(topic, payload(late), options);
      const done = outcome.kind === 'acknowledged' || (outcome.kind === 'refused' && entry.tries >= MAX_REFUSALS);
      if (done) {
        // The entry may have been pushed out by newer ones meanwhile.
        if (this.#waiting[0] === entry) this.#waiting.shift();
        if (outcome.kind === 'refused') this.#dropped++;
        continue;
      }
      if (!this.#bus.status().connected) return;
      await new Promise<void>((resolve) => {
        this.#clock.after(RETRY_MS, resolve);
      });
    }
  }
}
