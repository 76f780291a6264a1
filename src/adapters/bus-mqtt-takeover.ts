/** A connection that ends within this time after CONNACK counts as taken over on protocol 4, ms. */
const SHORT_MS = 5000;
const WITHIN_MS = 60_000;
const TIMES = 3;

/**
 * Notices that another client uses the same client id: three take-overs within a minute. Some protocol 5 brokers say
 * so (reason 142); with protocol 4, and with mosquitto 2.0 on both, the only sign is a connection that the broker ends
 * without an error right after it was made.
 */
export class TakeOverWatch {
  #connectedAt = 0;
  #told = false;
  #times: number[] = [];
  /** True while the last connection ended as a take-over does: the wait before the next attempt then grows. */
  short = false;

  connected(nowMs: number): void {
    this.#connectedAt = nowMs;
    this.#told = false;
  }

  /** The broker said that the session was taken over. */
  told(): void {
    this.#told = true;
  }

  /** Returns true at the third take-over within a minute, then counts anew. */
  closed(nowMs: number, byError: boolean): boolean {
    this.short = this.#told || nowMs - this.#connectedAt < SHORT_MS;
    if (!this.#told && (byError || !this.short)) return false;
    this.#times = [...this.#times.filter((time) => nowMs - time < WITHIN_MS), nowMs];
    if (this.#times.length < TIMES) return false;
    this.#times = [];
    return true;
  }
}
