import type { Template } from '../template.js';
import type { PoseEvidence } from './evidence.js';
import { isStill, movementVariance } from './movement-variance.js';
import { POSE_THRESHOLD, poseDistance } from './pose-distance.js';
import { POSE_LEAST_FRAMES } from './pose-take.js';
import { decodePose } from './pose-template.js';
import { bodyMotion, type SeenBody, seenBody } from './pose-vector.js';
import type { PoseTake } from './run-order.js';

/** `record`: compared and noted, and passes whatever the distance; `required`: must be near enough. */
export type PoseSignatureMode = 'off' | 'record' | 'required';
/** `movement-variance`: total movement and temporal variance. Necessary where it is asked for, never sufficient. */
export type PoseCheck = 'movement-variance';

/**
 * What a take of body motion says (docs/liveness.md, "Pose signature"). Passed only when everything asked for could be
 * measured and holds: no body, too few frames or a number that is none is `unavailable`, in every mode.
 * @param template signature of the person, usable with the network that measured the take (people/pose-template.ts)
 */
export function judgePoseTake(
  take: PoseTake,
  template: Template | undefined,
  checks: readonly PoseCheck[],
  mode: PoseSignatureMode,
): PoseEvidence {
  const body = seenBody(take, POSE_LEAST_FRAMES);
  if (body === undefined)
    return { frames: take.frames.length, seconds: 0, state: 'unavailable', reason: 'body_not_seen' };
  const movement = movementVariance(take);
  const evidence = {
    frames: body.frames.length,
    seconds: body.seconds,
    ...(movement !== undefined && {
      totalMovement: movement.totalMovement,
      temporalVariance: movement.temporalVariance,
    }),
    ...comparison(body, template, mode),
  };
  const { distance } = evidence;
  if (checks.includes('movement-variance')) {
    if (movement === undefined) return { ...evidence, state: 'unavailable', reason: 'not_measured' };
    if (isStill(movement)) return { ...evidence, state: 'failed', reason: 'pose_still' };
  }
  if (mode === 'required') {
    if (template === undefined) return { ...evidence, state: 'unavailable', reason: 'no_pose_enrolled' };
    if (distance === undefined) return { ...evidence, state: 'unavailable', reason: 'not_measured' };
    if (!(distance <= POSE_THRESHOLD)) return { ...evidence, state: 'failed', reason: 'pose_mismatch' };
  }
  return { ...evidence, state: 'passed', reason: 'ok' };
}

function comparison(
  body: SeenBody,
  template: Template | undefined,
  mode: PoseSignatureMode,
): Pick<PoseEvidence, 'distance' | 'threshold'> {
  const enrolled = mode === 'off' || template === undefined ? undefined : decodePose(template);
  // The enrolled arm is compared, whichever moved.
  const distance = enrolled && poseDistance(enrolled, bodyMotion(body, enrolled.arm));
  return distance === undefined ? {} : { distance: distance.fused, threshold: POSE_THRESHOLD };
}
