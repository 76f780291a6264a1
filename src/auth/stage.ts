import type { Moment } from '../domain/moment.js';
import type { Clock } from '../ports/clock.js';

/** What the page shows: one moment at a time. A result goes by itself after its time (monotonic). */
export class Stage {
  readonly #clock: Clock;
  readonly #resting: () => Moment;
  readonly #listeners = new Set<(moment: Moment) => void>();
  #moment: Moment = { kind: 'idle' };
  #cancelReturn: () => void = () => {};

  /** @param resting what is shown when there is no result: a hint, or idle */
  constructor(clock: Clock, resting: () => Moment) {
    this.#clock = clock;
    this.#resting = resting;
  }

  moment(): Moment {
    return this.#moment;
  }

  /** The returned function ends it. */
  onMoment(listener: (moment: Moment) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Shows a result for `forMs`; then calls `over` and rests. */
  showFor(forMs: number, moment: Moment, over: () => void = () => {}): void {
    this.#cancelReturn();
    this.#show(moment);
    this.#cancelReturn = this.#clock.after(forMs, () => {
      over();
      this.rest();
    });
  }

  /** Hints replace hints and idle; a result stays until its time is over. */
  hint(): void {
    if (this.#moment.kind === 'idle' || this.#moment.kind === 'guidance') this.rest();
  }

  /** Ends a result at once. */
  rest(): void {
    this.#cancelReturn();
    const moment = this.#resting();
    const unchanged = moment.kind === 'idle' && this.#moment.kind === 'idle';
    if (!unchanged) this.#show(moment);
  }

  #show(moment: Moment): void {
    this.#moment = moment;
    for (const listener of this.#listeners) listener(moment);
  }
}
