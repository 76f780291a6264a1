import { BEGUN_PART, part, type SeenFrame } from './action-rule.js';
import { articulatedBody } from './body-points.js';
import { HeldRule } from './held-rule.js';

/** Way of the neck to the side in shoulder widths (design value). */
const LEAN_WAY = 0.4;

/** Leans to one side. A picture can be pushed aside just so: it shows that somebody reacts, never that there is depth. */
export class LeanRule extends HeldRule {
  readonly #side: 1 | -1;
  #greatest = 0;

  /** @param side 1: to the person's left (the image's right), −1: to the right */
  constructor(side: 1 | -1) {
    super();
    this.#side = side;
  }

  see({ at, body, neutral }: SeenFrame): void {
    const rest = neutral.body && articulatedBody(neutral.body);
    const now = body && articulatedBody(body);
    if (rest === undefined || now === undefined) return;
    const way = (this.#side * (now.points[0]! - rest.points[0]!)) / rest.shoulderWidth;
    this.reach = part(way / LEAN_WAY);
    this.#greatest = Math.max(this.#greatest, way);
    if (way >= BEGUN_PART * LEAN_WAY) this.begun = true;
    if (way >= LEAN_WAY) this.held.add(at);
  }

  get measures(): Readonly<Record<string, number>> {
    return { leanWay: this.#greatest };
  }
}
