import type { BodyPose } from '../observation.js';
import type { ActionRule, SeenFrame } from './action-rule.js';
import { BEGUN_PART, HELD_FRAMES, HELD_WITHIN_MS, MUCH_MOVEMENT, part } from './action-rule.js';
import { bodyMovement } from './articulation.js';
import { articulatedBody, BODY, type BodySide, isSeen } from './body-points.js';
import { HeldFrames } from './held-frames.js';

/** Residual of the best affine map, in shoulder widths, that only a moving arm reaches (docs/liveness.md). */
export const ARTICULATION = 0.08;
/** A hand that has gone up this far, in shoulder widths, is on its way (design value). */
const HAND_BEGUN = 0.3;
const FLAT_FRAMES = 3;

/**
 * Raises one hand above its shoulder while the other stays below: in three frames the points fit no affine map of those
 * at rest. With about 30 frames that is the 90th percentile of the design. The reference is the person at rest; where
 * that arm was not in the picture then, the first frame that shows it.
 */
export class HandRule implements ActionRule {
  readonly #side: BodySide;
  readonly #held = new HeldFrames(HELD_FRAMES, HELD_WITHIN_MS);
  #reference: BodyPose | undefined;
  #begun = false;
  #movedFlat = 0;
  #articulated = false;
  #progress = 0;
  #articulation = 0;
  #height = 0;

  /** @param side of the person, in a picture that is not mirrored */
  constructor(side: BodySide) {
    this.#side = side;
  }

  see({ at, body, neutral }: SeenFrame): void {
    if (body === undefined || neutral.body === undefined) return;
    this.#reference ??= [neutral.body, body].find((pose) => this.#showsArm(pose));
    if (this.#reference === undefined || !this.#showsArm(body)) return;
    const moved = bodyMovement(this.#reference, body);
    const width = articulatedBody(this.#reference)?.shoulderWidth;
    if (moved === undefined || width === undefined) return;
    const raised = this.#raisedAlone(body);
    const height = (heightOf(body, this.#side) - heightOf(this.#reference, this.#side)) / width;
    this.#articulation = Math.max(this.#articulation, moved.articulation);
    this.#height = Math.max(this.#height, height);
    if (raised && moved.articulation >= ARTICULATION) this.#held.add(at);
    if (height >= HAND_BEGUN && moved.articulation >= BEGUN_PART * ARTICULATION) this.#begun = true;
    if (moved.articulation >= ARTICULATION) this.#articulated = true;
    else if (moved.movement > MUCH_MOVEMENT) this.#movedFlat++;
    this.#progress = raised ? part(moved.articulation / ARTICULATION) : 0.5 * part(height / HAND_BEGUN);
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

  /** Everything moved far in several frames, and no arm by itself. */
  get flat(): boolean {
    return this.#movedFlat >= FLAT_FRAMES && !this.#articulated;
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
