import type { BodyPose } from '../observation.js';

/** Places in the order of COCO; the person's own sides in a picture that is not mirrored. */
export const BODY = {
  count: 17,
  left: { shoulder: 5, elbow: 7, wrist: 9, hip: 11 },
  right: { shoulder: 6, elbow: 8, wrist: 10, hip: 12 },
} as const;
export type BodySide = 'left' | 'right';

/** A point with a higher score was seen (docs/liveness.md). */
const SEEN_SCORE = 0.2;

/** Neck, shoulders, elbows and wrists (left before right), middle of the hips. */
export const ARTICULATED_POINTS = 8;
const ORDER = [
  BODY.left.shoulder,
  BODY.right.shoulder,
  BODY.left.elbow,
  BODY.right.elbow,
  BODY.left.wrist,
  BODY.right.wrist,
] as const;

/** The points by which articulation and movement are measured. */
export interface ArticulatedBody {
  /** `ARTICULATED_POINTS` × (x, y), pixels; 0 where not seen. */
  readonly points: Float64Array;
  readonly seen: readonly boolean[];
  /** Pixels between the shoulders. */
  readonly shoulderWidth: number;
}

/** Score and place say that the point was seen. */
export function isSeen(pose: BodyPose, point: number): boolean {
  const [x, y, score] = pose.points.subarray(3 * point, 3 * point + 3);
  // Written so that NaN is not seen.
  return score! > SEEN_SCORE && score! <= 1 && Number.isFinite(x) && Number.isFinite(y);
}

/** Undefined unless both shoulders were seen, apart from each other: nothing can be measured without them. */
export function articulatedBody(pose: BodyPose): ArticulatedBody | undefined {
  const p = pose.points;
  if (p.length < BODY.count * 3) return undefined;
  if (!isSeen(pose, BODY.left.shoulder) || !isSeen(pose, BODY.right.shoulder)) return undefined;
  const points = new Float64Array(2 * ARTICULATED_POINTS);
  const seen = new Array<boolean>(ARTICULATED_POINTS).fill(false);
  const put = (place: number, x: number, y: number): void => {
    points[2 * place] = x;
    points[2 * place + 1] = y;
    seen[place] = true;
  };
  const middle = (place: number, a: number, b: number): void => {
    if (isSeen(pose, a) && isSeen(pose, b))
      put(place, (p[3 * a]! + p[3 * b]!) / 2, (p[3 * a + 1]! + p[3 * b + 1]!) / 2);
  };
  middle(0, BODY.left.shoulder, BODY.right.shoulder);
  ORDER.forEach((point, i) => {
    if (isSeen(pose, point)) put(i + 1, p[3 * point]!, p[3 * point + 1]!);
  });
  middle(ARTICULATED_POINTS - 1, BODY.left.hip, BODY.right.hip);
  const shoulderWidth = Math.hypot(points[2]! - points[4]!, points[3]! - points[5]!);
  return shoulderWidth > 1 ? { points, seen, shoulderWidth } : undefined;
}
