import type { ActionRule, SeenFrame } from './action-rule.js';
import { BEGUN_PART, HELD_FRAMES, HELD_WITHIN_MS, part } from './action-rule.js';
import { HeldFrames } from './held-frames.js';

/** Change of the vertical asymmetry that is a look up or down (docs/liveness.md). */
export const LOOK_ASYMMETRY = 0.12;
/** Least planarity residual: a picture nodded by hand stays below it, one tilted to the side does not (docs/liveness.md). */
export const LOOK_RESIDUAL = 0.03;

/** Looks up or down. A picture tilted by 45° can pass it now and then: it never replaces a turn. */
export class LookRule implements ActionRule {
  readonly flat = false;
  readonly #direction: 1 | -1;
  readonly #held = new HeldFrames(HELD_FRAMES, HELD_WITHIN_MS);
  #begun = false;
  #progress = 0;
  #greatest = 0;

  /** @param direction 1: down, −1: up */
  constructor(direction: 1 | -1) {
    this.#direction = direction;
  }

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    const change = this.#direction * head.verticalAsymmetry;
    // A turning head nods a little: what goes more to the side than up or down is a turn.
    const upright = Math.abs(head.verticalAsymmetry) > Math.abs(head.asymmetry);
    this.#progress = upright ? part(change / LOOK_ASYMMETRY) : 0;
    if (!upright) return;
    this.#greatest = Math.max(this.#greatest, change);
    if (change >= BEGUN_PART * LOOK_ASYMMETRY) this.#begun = true;
    if (change >= LOOK_ASYMMETRY && head.residual >= LOOK_RESIDUAL) this.#held.add(at);
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
    return { verticalAsymmetry: this.#greatest };
  }
}
