import type { FaceObservation } from '../observation.js';
import { type HeadMeasures, headMeasures } from './head-measures.js';

/**
 * Degrees of yaw for one unit of the detector's measure. In two clips with turning heads the detector said 0.33 (median;
 * at most 0.36) where the mesh said 20 to 25 degrees, and 0.43 and 0.55 (medians) at 25 to 30: 25 degrees are 0.36.
 */
const DETECTOR_YAW_DEGREES = 25 / 0.36;
/**
 * Distance of the outer corners of the eyes (mesh points 33 and 263) divided by the detector's distance of the eyes:
 * medians of four clips 1.25, 1.35, 1.42 and 1.46.
 */
const OUTER_EYE_RATIO = 1.4;

/** Turn and size of one face, by the mesh where there is one, else by the detector. */
export interface FaceAngle {
  /** Degrees; not a number where it was not measured. Its sign is only good for comparing frames of one kind. */
  readonly yawDegrees: number;
  /** Degrees, positive looking down; only by the mesh. */
  readonly pitchDegrees?: number;
  /** Pixels between the outer corners of the eyes. */
  readonly eyeDistancePx: number;
  readonly head?: HeadMeasures;
}

/** Turn, tilt and size of a face; the detector's measures are brought to those of the mesh by the ratios above. */
export function faceAngle(face: Pick<FaceObservation, 'quality' | 'mesh'>): FaceAngle {
  const head = face.mesh && headMeasures(face.mesh);
  if (head !== undefined)
    return { yawDegrees: head.yawDegrees, pitchDegrees: head.pitchDegrees, eyeDistancePx: head.eyeDistancePx, head };
  return {
    yawDegrees: face.quality.yaw * DETECTOR_YAW_DEGREES,
    eyeDistancePx: face.quality.eyeDistancePx * OUTER_EYE_RATIO,
  };
}
