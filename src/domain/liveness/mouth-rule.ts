import type { ActionRule, SeenFrame } from './action-rule.js';
import { BEGUN_PART, HELD_FRAMES, HELD_WITHIN_MS, part } from './action-rule.js';
import { HeldFrames } from './held-frames.js';

/** Opening of the inner lips in their widths beyond that at rest (design value; docs/liveness.md). */
export const MOUTH_OPENING = 0.3;

/** Opens the mouth wide. Shows that somebody reacts, not that there is depth. */
export class MouthRule implements ActionRule {
  readonly flat = false;
  readonly #held = new HeldFrames(HELD_FRAMES, HELD_WITHIN_MS);
  #begun = false;
  #progress = 0;
  #greatest = 0;

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    const change = head.mouthOpening;
    this.#progress = part(change / MOUTH_OPENING);
    this.#greatest = Math.max(this.#greatest, change);
    if (change >= BEGUN_PART * MOUTH_OPENING) this.#begun = true;
    if (change >= MOUTH_OPENING) this.#held.add(at);
  }

  get begun(): boolean {
    return this.#begun;
  }

  get done(): boolean {
    return this.#held.enough;
  }

  get frames(): number {
    return this.#held.total;
  }

  get progress(): number {
    return Math.max(this.#held.share, 0.9 * this.#progress);
  }

  get measures(): Readonly<Record<string, number>> {
    return { mouthOpening: this.#greatest };
  }
}
