import type { Clock } from '../ports/clock.js';

/** CLOCK_MONOTONIC and timers: all the time that the vision process needs. It never asks for the wall clock. */
export class MonotonicClock implements Pick<Clock, 'mono' | 'after'> {
  mono(): number {
    return Number(process.hrtime.bigint()) / 1e6;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }
}
