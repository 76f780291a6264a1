import { BEGUN_PART, part, type SeenFrame } from './action-rule.js';
import { HeldRule } from './held-rule.js';

/** Change of the vertical asymmetry that is a look up or down (docs/liveness.md). */
export const LOOK_ASYMMETRY = 0.12;
/** Least planarity residual: a picture nodded by hand stays below it, one tilted to the side does not (docs/liveness.md). */
const LOOK_RESIDUAL = 0.03;

/** Looks up or down. A picture tilted by 45° can pass it now and then: it never replaces a turn. */
export class LookRule extends HeldRule {
  readonly #direction: 1 | -1;
  #greatest = 0;

  /** @param direction 1: down, −1: up */
  constructor(direction: 1 | -1) {
    super();
    this.#direction = direction;
  }

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    const change = this.#direction * head.verticalAsymmetry;
    // A turning head nods a little: what goes more to the side than up or down is a turn.
    const upright = Math.abs(head.verticalAsymmetry) > Math.abs(head.asymmetry);
    this.reach = upright ? part(change / LOOK_ASYMMETRY) : 0;
    if (!upright) return;
    this.#greatest = Math.max(this.#greatest, change);
    if (change >= BEGUN_PART * LOOK_ASYMMETRY) this.begun = true;
    if (change >= LOOK_ASYMMETRY && head.residual >= LOOK_RESIDUAL) this.held.add(at);
  }

  get measures(): Readonly<Record<string, number>> {
    return { verticalAsymmetry: this.#greatest };
  }
}
