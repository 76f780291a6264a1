import { VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Ticker } from './deadline.js';

interface Waiter {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/** A slot of one between a source that pushes and a reader that asks: the newest frame wins, nothing queues. */
export class NewestFrame {
  readonly #clock: Ticker;
  #frame: Frame | undefined;
  #fault: Error | undefined;
  #waiter: Waiter | undefined;

  constructor(clock: Ticker) {
    this.#clock = clock;
  }

  put(frame: Frame): void {
    if (this.#fault !== undefined) return;
    const waiter = this.#takeWaiter();
    if (waiter === undefined) this.#frame = frame;
    else waiter.resolve(frame);
  }

  /** The source is gone: every read rejects and no frame is taken until `clear`. */
  fail(error: Error): void {
    this.#frame = undefined;
    this.#fault = error;
    this.#takeWaiter()?.reject(error);
  }

  clear(): void {
    this.#frame = undefined;
    this.#fault = undefined;
  }

  /** The unread frame, or the next one; `camera_stalled` when none came in time or another read waits. */
  take(deadlineMs: number, what: string): Promise<Frame> {
    const frame = this.#frame;
    this.#frame = undefined;
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    if (this.#waiter !== undefined) {
      return Promise.reject(new VestibuleError('camera_stalled', `${what}: another read is still waiting.`));
    }
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(deadlineMs, () => {
        this.#waiter = undefined;
        reject(new VestibuleError('camera_stalled', `${what} gave no picture for ${deadlineMs} ms.`));
      });
      this.#waiter = { resolve, reject, cancel };
    });
  }

  #takeWaiter(): Waiter | undefined {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.cancel();
    return waiter;
  }
}
