import type { Clock } from '../ports/clock.js';

/** The clock of a camera: monotonic time and timers. */
export type Ticker = Pick<Clock, 'mono' | 'after'>;

/** Settles as `work` does, or rejects with `late()` after `ms`. The work itself goes on. */
export function within<T>(clock: Ticker, ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(late()));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Resolves after `ms`. */
export function pause(clock: Ticker, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
