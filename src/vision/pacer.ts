/**
 * Lets at most `perSecond` events through without drifting against a source of nearly the same rate: an event may come up
 * to half an interval early, the average stays bounded.
 */
export class Pacer {
  readonly #intervalMs: number;
  #due = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#intervalMs = 1000 / perSecond;
  }

  /** True when an event may happen at this monotonic time; then it is counted. */
  take(atMs: number): boolean {
    if (atMs < this.#due - this.#intervalMs / 2) return false;
    this.#due = Math.max(this.#due, atMs - this.#intervalMs / 2) + this.#intervalMs;
    return true;
  }
}
