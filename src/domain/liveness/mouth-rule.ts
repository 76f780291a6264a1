import { BEGUN_PART, part, type SeenFrame } from './action-rule.js';
import { HeldRule } from './held-rule.js';

/** Opening of the inner lips in their widths beyond that at rest (design value; docs/liveness.md). */
const MOUTH_OPENING = 0.3;

/** Opens the mouth wide. Shows that somebody reacts, not that there is depth. */
export class MouthRule extends HeldRule {
  #greatest = 0;

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    const change = head.mouthOpening;
    this.reach = part(change / MOUTH_OPENING);
    this.#greatest = Math.max(this.#greatest, change);
    if (change >= BEGUN_PART * MOUTH_OPENING) this.begun = true;
    if (change >= MOUTH_OPENING) this.held.add(at);
  }

  get measures(): Readonly<Record<string, number>> {
    return { mouthOpening: this.#greatest };
  }
}
