import { type ActionRule, MUCH_MOVEMENT, type SeenFrame } from './action-rule.js';
import { HeldFrames } from './held-frames.js';
import { LOOK_ASYMMETRY } from './look-rule.js';

/** Opening of the eyes in that at rest: at most this is closed, at least that is open (design values; docs/liveness.md). */
const EYES_CLOSED = 0.65;
const EYES_OPEN = 0.8;
/** A blink that nobody asked for closes the eyes in one frame of ten a second, seldom in two. */
const CLOSED_FRAMES = 2;
const CLOSED_WITHIN_MS = 1_500;

/** Closes the eyes briefly and opens them again. Shows that somebody reacts, not that there is depth. */
export class BlinkRule implements ActionRule {
  readonly flat = false;
  readonly #closed = new HeldFrames(CLOSED_FRAMES, CLOSED_WITHIN_MS);
  #done = false;
  #least = 1;

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    // A head that looks up, and a picture that is tilted, show eyes narrower than they are.
    if (Math.abs(head.verticalAsymmetry) >= LOOK_ASYMMETRY || head.movement > MUCH_MOVEMENT) return;
    if (head.eyeRatio < this.#least) this.#least = head.eyeRatio;
    if (head.eyeRatio <= EYES_CLOSED) this.#closed.add(at);
    else if (head.eyeRatio >= EYES_OPEN && this.#closed.enough) this.#done = true;
  }

  get begun(): boolean {
    return this.#closed.enough;
  }

  get done(): boolean {
    return this.#done;
  }

  get frames(): number {
    return this.#closed.total;
  }

  get progress(): number {
    return this.#done ? 1 : 0.8 * this.#closed.share;
  }

  /** The least opening, in that at rest. */
  get measures(): Readonly<Record<string, number>> {
    return { eyeOpening: this.#least };
  }
}
