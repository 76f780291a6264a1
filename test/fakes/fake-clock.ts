import type { ClockState, ClockSync } from '../../src/domain/attendance.js';
import type { Clock } from '../../src/ports/clock.js';

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved. Wall time and monotonic time move together in `advance` only. */
export class FakeClock implements Clock {
  #wall: number;
  #mono: number;
  #sync: ClockSync;
  #boot: string;
  readonly #timers = new Set<Timer>();

  /** @param options wall: Unix ms (default 2026-11-21T08:00:00Z), mono: ms since boot (default 1000) */
  constructor(
    options: {
      readonly wall?: number;
      readonly mono?: number;
      readonly sync?: ClockSync;
      readonly boot?: string;
    } = {},
  ) {
    this.#wall = options.wall ?? Date.UTC(2026, 10, 21, 8, 0, 0);
    this.#mono = options.mono ?? 1000;
    this.#sync = options.sync ?? 'ntp';
    this.#boot = options.boot ?? '0123456789abcdef';
  }

  now(): number {
    return this.#wall;
  }

  mono(): number {
    return this.#mono;
  }

  state(): ClockState {
    return { sync: this.#sync, boot: this.#boot, monoMs: Math.round(this.#mono) };
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { due: this.#mono + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves both clocks forward and runs the timers that fall due, in order of their time. */
  advance(ms: number): void {
    const end = this.#mono + ms;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#move(Math.max(this.#mono, next.due));
      next.callback();
    }
    this.#move(Math.max(end, this.#mono));
  }

  /** Sets the wall clock only, as NTP or a person would. */
  setWall(unixMs: number): void {
    this.#wall = unixMs;
  }

  setSync(sync: ClockSync): void {
    this.#sync = sync;
  }

  /** As after a restart of the machine: another boot id, monotonic time from the beginning. */
  reboot(boot: string, mono = 1000): void {
    this.#boot = boot;
    this.#mono = mono;
    this.#timers.clear();
  }

  #move(mono: number): void {
    this.#wall += mono - this.#mono;
    this.#mono = mono;
  }
}
