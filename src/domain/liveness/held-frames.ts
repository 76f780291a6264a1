/** Counts the frames in which a rule held, and whether enough of them lie together. */
export class HeldFrames {
  readonly #needed: number;
  readonly #withinMs: number;
  #recent: number[] = [];
  #total = 0;
  #enough = false;

  /** @param needed this many frames, not necessarily one after the other, @param withinMs of this time */
  constructor(needed: number, withinMs: number) {
    this.#needed = needed;
    this.#withinMs = withinMs;
  }

  /** @param at ms of a frame in which the rule held; rising */
  add(at: number): void {
    this.#total++;
    this.#recent = this.#recent.filter((before) => at - before <= this.#withinMs);
    this.#recent.push(at);
    if (this.#recent.length >= this.#needed) this.#enough = true;
  }

  /** Frames so far. */
  get total(): number {
    return this.#total;
  }

  /** The needed frames have been seen, once and for all. */
  get enough(): boolean {
    return this.#enough;
  }

  /** 0–1: how many of the needed frames there are. */
  get share(): number {
    return this.#enough ? 1 : this.#recent.length / this.#needed;
  }
}
