import type { BodyPose, FaceMesh } from '../observation.js';
import { median } from '../statistics.js';
import type { Neutral } from './action-progress.js';
import { articulatedBody, BODY, isSeen } from './body-points.js';
import { type HeadMeasures, headMeasures } from './head-measures.js';
import type { MeasuredFrame } from './measured-frame.js';

/** A head that looks at the kiosk, with a camera beside or above the screen (design values). */
const STRAIGHT_YAW_DEGREES = 12;
const STRAIGHT_ASYMMETRY = 0.25;
/** A head at rest stays this near to its median: a head that still turns back is not at rest (design values). */
const REST_YAW_DEGREES = 5;
const REST_ASYMMETRY = 0.06;
/** Frames that show the head at rest. */
const NEUTRAL_HEAD_FRAMES = 3;
/** Frames that show the shoulders; the body is measured in every second or third frame only. */
const NEUTRAL_BODY_FRAMES = 2;

interface RestingHead {
  readonly mesh: FaceMesh;
  readonly head: HeadMeasures;
}

/**
 * The person at rest, by medians over the frames of a gap. Undefined unless in at least three frames the head looked
 * straight and kept still. `body` is there only where both shoulders were seen in at least two frames: without it no
 * hand and no lean can be watched. Frames of the same time count once.
 */
export function neutralOf(frames: readonly MeasuredFrame[]): Neutral | undefined {
  const once = [...new Map(frames.map((frame) => [frame.at, frame])).values()];
  const straight = once.flatMap(({ face }): RestingHead[] => {
    const head = face?.mesh && headMeasures(face.mesh);
    if (face?.mesh === undefined || head === undefined) return [];
    const isStraight =
      Math.abs(head.yawDegrees) <= STRAIGHT_YAW_DEGREES && Math.abs(head.asymmetry) <= STRAIGHT_ASYMMETRY;
    return isStraight ? [{ mesh: face.mesh, head }] : [];
  });
  if (straight.length < NEUTRAL_HEAD_FRAMES) return undefined;
  const middle = medianHead(straight);
  const resting = straight.filter(({ head }) => isNear(head, middle));
  if (resting.length < NEUTRAL_HEAD_FRAMES) return undefined;
  const head = medianHead(resting);
  const distance = (one: RestingHead): number =>
    Math.abs(one.head.asymmetry - head.asymmetry) + Math.abs(one.head.verticalAsymmetry - head.verticalAsymmetry);
  const nearest = resting.reduce((best, one) => (distance(one) < distance(best) ? one : best));
  const body = medianBody(once.flatMap((frame) => (frame.body === undefined ? [] : [frame.body])));
  return { head, mesh: nearest.mesh, ...(body && { body }) };
}

function isNear(head: HeadMeasures, middle: HeadMeasures): boolean {
  return (
    Math.abs(head.yawDegrees - middle.yawDegrees) <= REST_YAW_DEGREES &&
    Math.abs(head.asymmetry - middle.asymmetry) <= REST_ASYMMETRY &&
    Math.abs(head.verticalAsymmetry - middle.verticalAsymmetry) <= REST_ASYMMETRY
  );
}

function medianHead(heads: readonly RestingHead[]): HeadMeasures {
  const of = (name: keyof HeadMeasures): number => median(heads.map(({ head }) => head[name]));
  return {
    yawDegrees: of('yawDegrees'),
    pitchDegrees: of('pitchDegrees'),
    rollDegrees: of('rollDegrees'),
    asymmetry: of('asymmetry'),
    verticalAsymmetry: of('verticalAsymmetry'),
    eyeOpening: of('eyeOpening'),
    mouthOpening: of('mouthOpening'),
    eyeDistancePx: of('eyeDistancePx'),
  };
}

/** Medians of the points seen; a point that was seen in fewer than two frames has score 0. */
function medianBody(poses: readonly BodyPose[]): BodyPose | undefined {
  const whole = poses.filter((pose) => articulatedBody(pose) !== undefined);
  if (whole.length < NEUTRAL_BODY_FRAMES) return undefined;
  const points = new Float32Array(BODY.count * 3);
  for (let point = 0; point < BODY.count; point++) {
    const seen = whole.filter((pose) => isSeen(pose, point));
    if (seen.length < NEUTRAL_BODY_FRAMES) continue;
    for (let axis = 0; axis < 3; axis++)
      points[3 * point + axis] = median(seen.map((pose) => pose.points[3 * point + axis]!));
  }
  return { points };
}
