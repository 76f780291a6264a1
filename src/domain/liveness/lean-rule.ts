import type { ActionRule, SeenFrame } from './action-rule.js';
import { BEGUN_PART, HELD_FRAMES, HELD_WITHIN_MS, part } from './action-rule.js';
import { articulatedBody } from './body-points.js';
import { HeldFrames } from './held-frames.js';

/** Way of the neck to the side in shoulder widths (design value). */
export const LEAN_WAY = 0.4;

/** Leans to one side. A picture can be pushed aside just so: it shows that somebody reacts, never that there is depth. */
export class LeanRule implements ActionRule {
  readonly flat = false;
  readonly #side: 1 | -1;
  readonly #held = new HeldFrames(HELD_FRAMES, HELD_WITHIN_MS);
  #begun = false;
  #progress = 0;
  #greatest = 0;

  /** @param side 1: to the person's left (the image's right), −1: to the right */
  constructor(side: 1 | -1) {
    this.#side = side;
  }

  see({ at, body, neutral }: SeenFrame): void {
    const rest = neutral.body && articulatedBody(neutral.body);
    const now = body && articulatedBody(body);
    if (rest === undefined || now === undefined) return;
    const way = (this.#side * (now.points[0]! - rest.points[0]!)) / rest.shoulderWidth;
    this.#progress = part(way / LEAN_WAY);
    this.#greatest = Math.max(this.#greatest, way);
    if (way >= BEGUN_PART * LEAN_WAY) this.#begun = true;
    if (way >= LEAN_WAY) this.#held.add(at);
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
    return { leanWay: this.#greatest };
  }
}
