import type { BodyPose } from '../observation.js';
import { BEGUN_PART, MUCH_MOVEMENT, part, type SeenFrame } from './action-rule.js';
import { bodyMovement } from './articulation.js';
import { articulatedBody, BODY, type BodySide, isSeen } from './body-points.js';
import { HeldRule } from './held-rule.js';

/** Residual of the best affine map, in shoulder widths, that only a moving arm reaches (docs/liveness.md). */
export const ARTICULATION = 0.08;
/** Way of the hand upwards, in shoulder widths: a tilted picture of a raised hand bends much, but raises none (design value). */
const HAND_RISE = 0.3;
const FLAT_FRAMES = 3;

/**
 * Raises one hand above its shoulder while the other stays below: in three frames the hand has gone up and the points fit
 * no affine map of those at rest. The reference is the person at rest; where that arm was not in the picture then, the
 * first frame that shows it with its hand below the shoulder.
 */
export class HandRule extends HeldRule {
  readonly #side: BodySide;
  #reference: BodyPose | undefined;
  #movedFlat = 0;
  #bent = 0;
  #articulation = 0;
  #height = 0;

  /** @param side of the person, in a picture that is not mirrored */
  constructor(side: BodySide) {
    super();
    this.#side = side;
  }

  see({ at, body, neutral }: SeenFrame): void {
    if (body === undefined || neutral.body === undefined) return;
    this.#watchSheet(neutral.body, body);
    // A picture of a raised hand bends much when it is tilted: only a hand that was down can be raised.
    this.#reference ??= [neutral.body, body].find((pose) => this.#showsArm(pose) && heightOf(pose, this.#side) < 0);
    if (this.#reference === undefined || !this.#showsArm(body)) return;
    const moved = bodyMovement(this.#reference, body);
    const width = articulatedBody(this.#reference)?.shoulderWidth;
    if (moved === undefined || width === undefined) return;
    const raised = this.#raisedAlone(body);
    const height = (heightOf(body, this.#side) - heightOf(this.#reference, this.#side)) / width;
    this.#articulation = Math.max(this.#articulation, moved.articulation);
    this.#height = Math.max(this.#height, height);
    if (raised && height >= HAND_RISE && moved.articulation >= ARTICULATION) this.held.add(at);
    if (height >= BEGUN_PART * HAND_RISE && moved.articulation >= BEGUN_PART * ARTICULATION) this.begun = true;
    this.reach = raised ? part(moved.articulation / ARTICULATION) : 0.5 * part(height / HAND_RISE);
  }

  /** Counts the frames in which everything went far without bending, and those in which it bent. */
  #watchSheet(rest: BodyPose, body: BodyPose): void {
    const moved = bodyMovement(rest, body);
    if (moved === undefined) return;
    if (moved.articulation >= ARTICULATION) this.#bent++;
    else if (moved.movement > MUCH_MOVEMENT) this.#movedFlat++;
  }

  #showsArm(pose: BodyPose): boolean {
    const { elbow, wrist } = BODY[this.#side];
    return articulatedBody(pose) !== undefined && isSeen(pose, elbow) && isSeen(pose, wrist);
  }

  /** A hand that is out of the picture is not raised. */
  #raisedAlone(pose: BodyPose): boolean {
    const other: BodySide = this.#side === 'left' ? 'right' : 'left';
    return heightOf(pose, this.#side) > 0 && !(isSeen(pose, BODY[other].wrist) && heightOf(pose, other) > 0);
  }

  /** Everything moved far, in several frames and in more than those in which an arm moved by itself. */
  override get flat(): boolean {
    return this.#movedFlat >= FLAT_FRAMES && this.#movedFlat > this.#bent;
  }

  get measures(): Readonly<Record<string, number>> {
    return { articulation: this.#articulation, handRise: this.#height };
  }
}

/** Pixels of the wrist above its shoulder. */
function heightOf(pose: BodyPose, side: BodySide): number {
  const { shoulder, wrist } = BODY[side];
  return pose.points[3 * shoulder + 1]! - pose.points[3 * wrist + 1]!;
}
