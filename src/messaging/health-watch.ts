import type { Clock } from '../ports/clock.js';
import type { HealthPayload } from './payload-schemas.js';

const EVERY_MS = 60_000;
const AT_MOST_EVERY_MS = 1000;

/** Decides when `health` is published: every 60 s, and on a change that matters at most once a second. */
export class HealthWatch {
  readonly #clock: Clock;
  readonly #publish: () => void;
  #cancelPeriod: (() => void) | undefined;
  #cancelSoon: (() => void) | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  #lastSigns = '';

  constructor(clock: Clock, publish: () => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  start(): void {
    this.#cancelPeriod = this.#clock.after(EVERY_MS, () => this.#now());
  }

  stop(): void {
    this.#cancelPeriod?.();
    this.#cancelSoon?.();
    this.#cancelSoon = undefined;
  }

  /** Call when something may have changed: publishes when a boolean, `clock.sync` or `last_error` did. */
  look(health: HealthPayload): void {
    if (signs(health) === this.#lastSigns || this.#cancelSoon !== undefined) return;
    const wait = Math.max(0, this.#lastAt + AT_MOST_EVERY_MS - this.#clock.mono());
    if (wait === 0) this.#now();
    else this.#cancelSoon = this.#clock.after(wait, () => this.#now());
  }

  /** A message with these values goes out. */
  published(health: HealthPayload): void {
    this.#lastAt = this.#clock.mono();
    this.#lastSigns = signs(health);
  }

  #now(): void {
    this.stop();
    this.#publish();
    this.start();
  }
}

function signs(health: HealthPayload): string {
  const { camera, vision, disk, clock, last_error } = health;
  return JSON.stringify([camera.ok, vision.ok, disk.writable, clock.sync, last_error]);
}
