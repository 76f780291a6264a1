import type { GuidanceCode } from './guidance.js';
import type { FaceObservation } from './observation.js';

/**
 * When the page tells somebody what to do. Every limit has two values: beyond `enter` the hint appears, and only
 * back inside `leave` it goes, so that a face on the limit does not make the page flicker. All are design values
 * (docs/people.md), not measured ones, except blur: a face under 30 is described as blurred by the measure itself.
 */
export const LIMITS = {
  /** Face height / frame height under which a face is too far to be recognised or to count as a second person. */
  near: { enter: 0.15, leave: 0.17 },
  /** Under this nobody is approaching: the page stays idle. */
  approaching: 0.08,
  /** Pixels between the eyes under which the picture holds too little of the face. */
  eyes: { enter: 24, leave: 27 },
  /** Face height / frame height. */
  close: { enter: 0.8, leave: 0.74 },
  /** Mean luma of the face, 0–255. */
  dark: { enter: 45, leave: 55 },
  bright: { enter: 220, leave: 210 },
  /** Variance of the Laplacian, see FaceQuality.sharpness. */
  sharpness: { enter: 30, leave: 36 },
  yaw: { enter: 0.4, leave: 0.32 },
  pitch: { enter: 0.3, leave: 0.24 },
  rollDegrees: { enter: 30, leave: 24 },
} as const;

/** The face is near enough to be recognised, and so counts as a person at the kiosk. */
export function isNear(face: FaceObservation): boolean {
  return face.quality.faceHeightRatio >= LIMITS.near.enter && face.quality.eyeDistancePx >= LIMITS.eyes.enter;
}

/**
 * What this face must change before it can be used; undefined when nothing.
 * @param shown the hint on the page now, whose `leave` limit applies
 */
export function correctionFor(face: FaceObservation, shown?: GuidanceCode): GuidanceCode | undefined {
  const q = face.quality;
  const limit = (code: GuidanceCode, pair: { readonly enter: number; readonly leave: number }): number =>
    shown === code ? pair.leave : pair.enter;
  if (q.faceHeightRatio < limit('too_far', LIMITS.near) || q.eyeDistancePx < limit('too_far', LIMITS.eyes))
    return 'too_far';
  if (q.faceHeightRatio > limit('too_close', LIMITS.close) || q.truncated) return 'too_close';
  if (q.brightness < limit('too_dark', LIMITS.dark)) return 'too_dark';
  if (q.brightness > limit('too_bright', LIMITS.bright)) return 'too_bright';
  if (
    Math.abs(q.yaw) > limit('look_straight', LIMITS.yaw) ||
    Math.abs(q.pitch) > limit('look_straight', LIMITS.pitch) ||
    Math.abs(q.rollDegrees) > limit('look_straight', LIMITS.rollDegrees)
  )
    return 'look_straight';
  if (q.sharpness < limit('blurred', LIMITS.sharpness)) return 'blurred';
  return undefined;
}

/** A new hint must hold for this long before it replaces the one shown. */
const GUIDANCE_HOLD_MS = 250;

/** The hint on the page and the one that waits to replace it. */
export interface GuidanceState {
  readonly shown?: GuidanceCode;
  readonly waiting?: { readonly code: GuidanceCode | undefined; readonly since: number };
}

/**
 * The next state of the hint.
 * @param wanted hint of the newest frame; undefined = none
 * @param at monotonic ms of that frame
 */
export function steadyGuidance(state: GuidanceState, wanted: GuidanceCode | undefined, at: number): GuidanceState {
  if (wanted === state.shown) return state.waiting === undefined ? state : keep(state.shown);
  if (state.waiting === undefined || state.waiting.code !== wanted)
    return { ...keep(state.shown), waiting: { code: wanted, since: at } };
  return at - state.waiting.since >= GUIDANCE_HOLD_MS ? keep(wanted) : state;
}

function keep(code: GuidanceCode | undefined): GuidanceState {
  return code === undefined ? {} : { shown: code };
}
