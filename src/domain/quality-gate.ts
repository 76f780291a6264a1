import type { FaceObservation } from './observation.js';

/** Why a photograph cannot be used for enrolment. */
export const PHOTO_REFUSALS = [
  'no_face',
  'several_faces',
  'too_small',
  'blurred',
  'too_dark',
  'too_bright',
  'not_frontal',
  'at_border',
  'unreadable',
  'different_person',
  'same_picture',
] as const;
export type PhotoRefusal = (typeof PHOTO_REFUSALS)[number];

/**
 * Limits of a photograph (design values, docs/people.md; the eye distance is configurable). They are stricter than
 * those of the live view: a template is made once and used for years.
 */
const PHOTO_LIMITS = {
  /** A second face at least this part of the largest one's height makes it unclear who is meant. */
  secondFace: 1 / 3,
  darkest: 45,
  brightest: 220,
  /** Variance of the Laplacian, see FaceQuality.sharpness. */
  sharpness: 30,
  yaw: 0.35,
  pitch: 0.3,
  rollDegrees: 30,
} as const;

export type GateVerdict =
  | { readonly ok: true; readonly face: FaceObservation }
  | { readonly ok: false; readonly reason: PhotoRefusal; readonly detail: string };

/**
 * Judges one analysed photograph. A single clearly dominant face is taken: all others must be lower than a third
 * of its height, as a passer-by in the background is.
 * @param faces all faces of the picture
 */
export function judgePhoto(
  faces: readonly FaceObservation[],
  rules: { readonly minEyeDistancePx: number },
): GateVerdict {
  const [face, other] = [...faces].sort((a, b) => b.box.height - a.box.height);
  if (face === undefined) return refuse('no_face', 'No face was found. Use a picture that shows the whole face.');
  if (other !== undefined && other.box.height >= face.box.height * PHOTO_LIMITS.secondFace)
    return refuse('several_faces', `${faces.length} faces were found. Use a picture of one person.`);
  const q = face.quality;
  if (q.truncated) return refuse('at_border', 'The face is cut off by the border. Keep the whole face in the picture.');
  if (!(q.eyeDistancePx >= rules.minEyeDistancePx))
    return refuse(
      'too_small',
      `The eyes are ${Math.round(q.eyeDistancePx)} pixels apart; ${rules.minEyeDistancePx} are needed. Come closer or use a larger picture.`,
    );
  if (!(q.brightness >= PHOTO_LIMITS.darkest)) return refuse('too_dark', 'The face is too dark. Add light in front.');
  if (!(q.brightness <= PHOTO_LIMITS.brightest))
    return refuse('too_bright', 'The face is too bright. Avoid direct light.');
  if (!(q.sharpness >= PHOTO_LIMITS.sharpness))
    return refuse('blurred', `The face is blurred (sharpness ${Math.round(q.sharpness)}, at least 30). Hold still.`);
  if (
    !(
      Math.abs(q.yaw) <= PHOTO_LIMITS.yaw &&
      Math.abs(q.pitch) <= PHOTO_LIMITS.pitch &&
      Math.abs(q.rollDegrees) <= PHOTO_LIMITS.rollDegrees
    )
  )
    return refuse('not_frontal', 'The head is turned away. Look straight at the camera.');
  return { ok: true, face };
}

function refuse(reason: PhotoRefusal, detail: string): GateVerdict {
  return { ok: false, reason, detail };
}
