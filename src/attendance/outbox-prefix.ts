/** Acknowledged numbers: everything up to `acked`, and some above it that wait for a gap to close. */
export class AcknowledgedPrefix {
  readonly #above = new Set<number>();
  #acked = 0;

  /** Highest number up to which everything is acknowledged. */
  get acked(): number {
    return this.#acked;
  }

  has(seq: number): boolean {
    return seq <= this.#acked || this.#above.has(seq);
  }

  reset(acked: number): void {
    this.#acked = acked;
    this.#above.clear();
  }

  /** Returns true when the contiguous prefix grew. */
  add(seq: number): boolean {
    if (this.has(seq)) return false;
    this.#above.add(seq);
    return this.#absorb();
  }

  /** Everything up to `seq` is acknowledged. Returns true when the prefix grew. */
  upTo(seq: number): boolean {
    if (seq <= this.#acked) return false;
    this.#acked = seq;
    for (const above of this.#above) if (above <= seq) this.#above.delete(above);
    this.#absorb();
    return true;
  }

  #absorb(): boolean {
    const before = this.#acked;
    while (this.#above.delete(this.#acked + 1)) this.#acked++;
    return this.#acked > before;
  }
}
