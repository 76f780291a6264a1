import type { BodyPose, FaceMesh } from '../observation.js';
import type { BodyNeed } from './action.js';
import type { Neutral } from './action-progress.js';
import { articulatedBody, BODY, isSeen } from './body-points.js';
import { headMeasures } from './head-measures.js';
import type { MeasuredFrame } from './measured-frame.js';
import { MESH } from './mesh-points.js';
import { neutralOf } from './neutral.js';

/** Newest frames with a mesh, and with a body where it is needed, in which the person has to be at rest. */
const REST_HEADS = 4;
const REST_BODIES = 2;
/** A head or mouth that moves more within them still comes back from the last action (design values). */
const REST_YAW_DEGREES = 5;
const REST_ASYMMETRY = 0.06;
const REST_MOUTH = 0.12;
/** A hand that rises shows what it does from its elbow on. */
const ELBOWS = [BODY.left.elbow, BODY.right.elbow] as const;
/** Way of the nose in distances of the eyes: a head that is still on its way back does not rest (design value). */
const REST_PLACE = 0.12;
/** The same for neck, elbows and wrists, in shoulder widths (design value). */
const REST_BODY = 0.2;

/**
 * The person at rest in the newest frames, which is what the next movement is measured against. Undefined while anything
 * still moves, the head does not look straight, or too little was measured.
 * @param frames of the gap, in order
 * @param body what of the body the next action needs
 */
export function restingIn(frames: readonly MeasuredFrame[], body: BodyNeed): Neutral | undefined {
  const newest = newestOf(frames, body !== 'none');
  const neutral = newest && neutralOf(newest);
  if (newest === undefined || neutral === undefined) return undefined;
  if (!newest.every((frame) => headRests(frame, neutral))) return undefined;
  if (body === 'none') return neutral;
  const rest = neutral.body;
  if (body === 'arms' && !(rest !== undefined && ELBOWS.every((elbow) => isSeen(rest, elbow)))) return undefined;
  return rest !== undefined && newest.every((frame) => bodyRests(frame.body, rest)) ? neutral : undefined;
}

/** The shortest run of frames to the newest one that holds enough of what has to be judged. */
function newestOf(frames: readonly MeasuredFrame[], body: boolean): readonly MeasuredFrame[] | undefined {
  let heads = 0;
  let bodies = 0;
  for (let first = frames.length - 1; first >= 0; first--) {
    if (frames[first]!.face?.mesh !== undefined) heads++;
    if (frames[first]!.body !== undefined) bodies++;
    if (heads >= REST_HEADS && (!body || bodies >= REST_BODIES)) return frames.slice(first);
  }
  return undefined;
}

function headRests({ face }: MeasuredFrame, { head: rest, mesh: reference }: Neutral): boolean {
  const head = face?.mesh && headMeasures(face.mesh);
  if (head === undefined || rest === undefined) return face?.mesh === undefined;
  return (
    Math.abs(head.yawDegrees - rest.yawDegrees) <= REST_YAW_DEGREES &&
    Math.abs(head.asymmetry - rest.asymmetry) <= REST_ASYMMETRY &&
    Math.abs(head.verticalAsymmetry - rest.verticalAsymmetry) <= REST_ASYMMETRY &&
    Math.abs(head.mouthOpening - rest.mouthOpening) <= REST_MOUTH &&
    (reference === undefined || wayOfNose(face!.mesh!, reference) <= REST_PLACE * rest.eyeDistancePx)
  );
}

function wayOfNose({ points: a }: FaceMesh, { points: b }: FaceMesh): number {
  const nose = 3 * MESH.noseTip;
  return Math.hypot(a[nose]! - b[nose]!, a[nose + 1]! - b[nose + 1]!);
}

function bodyRests(pose: BodyPose | undefined, neutral: BodyPose): boolean {
  const now = pose && articulatedBody(pose);
  const rest = articulatedBody(neutral);
  if (now === undefined || rest === undefined) return pose === undefined;
  return now.seen.every((seen, point) => {
    if (!seen || rest.seen[point] !== true) return true;
    const dx = now.points[2 * point]! - rest.points[2 * point]!;
    const dy = now.points[2 * point + 1]! - rest.points[2 * point + 1]!;
    return Math.hypot(dx, dy) <= REST_BODY * rest.shoulderWidth;
  });
}
