import type { MeasureWish, Measuring } from '../ports/vision.js';
import type { ToChild } from './protocol.js';

interface Held {
  session: number;
  wish: MeasureWish;
  /** A vision process has heard of this session. */
  told: boolean;
}

/** What is measured for whoever asked last. A former holder's changes and stops are nobody's. */
export class NewestMeasuring {
  readonly #send: (message: ToChild) => void;
  #held: Held | undefined;
  #nextSession = 1;
  #ready = false;

  /** @param send to the process that runs */
  constructor(send: (message: ToChild) => void) {
    this.#send = send;
  }

  begin(wish: MeasureWish): Measuring {
    const held: Held = { session: this.#nextSession++, wish, told: false };
    this.#held = held;
    this.#tell();
    return {
      get session() {
        return held.session;
      },
      change: (next) => {
        held.wish = next;
        if (this.#held === held) this.#tell();
      },
      stop: () => {
        if (this.#held !== held) return;
        this.#held = undefined;
        if (this.#ready) this.#send({ t: 'measure', session: held.session });
      },
    };
  }

  /** A process is ready: it measures on, with a new number where another process had counted for the old one. */
  started(): void {
    this.#ready = true;
    if (this.#held?.told === true) this.#held.session = this.#nextSession++;
    this.#tell();
  }

  /** The process is gone. */
  ended(): void {
    this.#ready = false;
  }

  #tell(): void {
    if (this.#held === undefined || !this.#ready) return;
    const { session, wish } = this.#held;
    this.#held.told = true;
    this.#send({ t: 'measure', session, wish });
  }
}
