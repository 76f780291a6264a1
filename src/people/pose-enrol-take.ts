import type { LivenessReason } from '../domain/liveness/gate.js';
import { isStill, movementVariance } from '../domain/liveness/movement-variance.js';
import { poseDistance, TAKES_ALIKE } from '../domain/liveness/pose-distance.js';
import { POSE_ENROL_FRAMES } from '../domain/liveness/pose-take.js';
import { type BodyMotion, bodyMotion, seenBody } from '../domain/liveness/pose-vector.js';
import type { PoseRecording } from './pose-recording.js';

/** A take as it is enrolled, or why it does not count. */
export type EnrolTake =
  | { readonly motion: BodyMotion; readonly refused?: undefined }
  | { readonly motion?: undefined; readonly refused: LivenessReason };

/**
 * Whether a take may be enrolled: one person, the upper body in enough frames, a movement, and the same gesture with the
 * same arm as in the takes before. Every take is alike to one before, and likeness goes both ways: each of the five is
 * alike to one of the others.
 */
export function judgeEnrolTake(
  recording: Pick<PoseRecording, 'broken' | 'several' | 'analysed' | 'take'>,
  before: readonly BodyMotion[],
): EnrolTake {
  const { broken, several, analysed, take } = recording;
  if (broken !== undefined) return { refused: broken };
  if (several) return { refused: 'several_faces' };
  const body = seenBody(take, POSE_ENROL_FRAMES);
  if (body === undefined) return { refused: analysed < POSE_ENROL_FRAMES ? 'too_few_frames' : 'body_not_seen' };
  const movement = movementVariance(take);
  if (movement === undefined) return { refused: 'not_measured' };
  if (isStill(movement)) return { refused: 'pose_still' };
  const motion = bodyMotion(body);
  const [first] = before;
  if (first === undefined) return { motion };
  if (motion.arm !== first.arm) return { refused: 'pose_mismatch' };
  const distance = poseDistance({ arm: first.arm, samples: before }, motion);
  if (distance === undefined) return { refused: 'not_measured' };
  if (distance.mean === 0 && distance.gesture === 0) return { refused: 'frames_repeated' };
  return distance.fused <= TAKES_ALIKE ? { motion } : { refused: 'pose_mismatch' };
}
