import { BEGUN_PART, MUCH_MOVEMENT, part, type SeenFrame } from './action-rule.js';
import { HeldRule } from './held-rule.js';

/** Thresholds of a turn against the head at rest; what they rest on is in docs/liveness.md. */
export const TURN_YAW_DEGREES = 10;
export const TURN_ASYMMETRY = 0.12;
export const TURN_RESIDUAL = 0.05;

/** Frames in which a flat picture has to have moved before it is called one. */
const FLAT_FRAMES = 3;

/**
 * A turn of the head: yaw, asymmetry and planarity together. It tells a head from a flat picture, however that is held;
 * it does not tell a head from a recording of a turning head.
 */
export class TurnRule extends HeldRule {
  readonly #side: 1 | -1;
  #movedFlat = 0;
  #inDepth = 0;
  #yaw = 0;
  #asymmetry = 0;
  #residual = 0;
  #movement = 0;

  /** @param side 1: to the person's left (the image's right), −1: to the right */
  constructor(side: 1 | -1) {
    super();
    this.#side = side;
  }

  see({ at, head }: SeenFrame): void {
    if (head === undefined) return;
    const yaw = this.#side * head.yawDegrees;
    const asymmetry = this.#side * head.asymmetry;
    this.#yaw = Math.max(this.#yaw, yaw);
    this.#asymmetry = Math.max(this.#asymmetry, asymmetry);
    this.#residual = Math.max(this.#residual, head.residual);
    this.#movement = Math.max(this.#movement, head.movement);
    const turned = yaw >= TURN_YAW_DEGREES && asymmetry >= TURN_ASYMMETRY;
    if (turned && head.residual >= TURN_RESIDUAL) this.held.add(at);
    if (yaw >= BEGUN_PART * TURN_YAW_DEGREES && asymmetry >= BEGUN_PART * TURN_ASYMMETRY) this.begun = true;
    if (head.residual >= TURN_RESIDUAL) this.#inDepth++;
    else if (!turned && head.movement > MUCH_MOVEMENT) this.#movedFlat++;
    this.reach = Math.min(part(yaw / TURN_YAW_DEGREES), part(asymmetry / TURN_ASYMMETRY));
  }

  /** Points moved far, in several frames and in more than those in which they left the plane (the network errs, too). */
  override get flat(): boolean {
    return this.#movedFlat >= FLAT_FRAMES && this.#movedFlat > this.#inDepth;
  }

  get measures(): Readonly<Record<string, number>> {
    return {
      yawDegrees: this.#yaw,
      asymmetry: this.#asymmetry,
      residual: this.#residual,
      movement: this.#movement,
    };
  }
}
