import type { CaptureFacts } from '../observation.js';
import type { FaceAngle } from './face-angle.js';
import type { GateResult, LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';
import type { LivenessHint, LivenessOrder } from './run-order.js';

/** More frames in a row with the same pixels than this are a frozen picture. */
const MOST_REPEATED = 2;
/** So many frames that equal earlier ones are a recording that begins anew. */
const LOOPED_FRAMES = 3;
/** Greatest time between two frames of the camera: so many intervals, but never less than the second value. */
const GAP_INTERVALS = 3;
const LEAST_GAP_MS = 500;
/** Frames in a row with several faces; one or two of them may be a mistake of the detector. */
const CROWD_FRAMES = 3;
/** Pixels between the outer corners of the eyes. */
export const LEAST_EYE_DISTANCE_PX = 60;
/** A turned head has its eyes nearer to each other: its size is judged up to this yaw, degrees. */
const SIZE_YAW_DEGREES = 25;

/** Is it our camera, live, with one face of a usable size (docs/liveness.md)? Over all frames of a run. */
export class CaptureGate {
  readonly #camera: LivenessOrder['camera'];
  readonly #gapMs: number;
  #facts: CaptureFacts | undefined;
  #broken = false;
  #wentBack = false;
  #faces = { now: 0, crowd: 0, crowded: false };
  #small: { readonly now: boolean; readonly px?: number } = { now: false };
  #frames = 0;
  #firstAt: number | undefined;
  #lastAt = 0;
  #ended: LivenessReason | undefined;

  constructor(options: Pick<LivenessOrder, 'camera' | 'frameIntervalMs'>) {
    this.#camera = options.camera;
    this.#gapMs = Math.max(GAP_INTERVALS * options.frameIntervalMs, LEAST_GAP_MS);
  }

  see(frame: MeasuredFrame, angle: FaceAngle | undefined, wentBack: boolean): void {
    this.#frames++;
    this.#firstAt ??= frame.at;
    if (frame.capture !== undefined) this.#facts = this.#worse(frame.capture);
    if (wentBack) {
      this.#wentBack = true;
      return;
    }
    this.#lastAt = frame.at;
    const crowd = frame.faces >= 2 ? this.#faces.crowd + 1 : 0;
    this.#faces = { now: frame.faces, crowd, crowded: this.#faces.crowded || crowd >= CROWD_FRAMES };
    if (angle !== undefined && Math.abs(angle.yawDegrees) <= SIZE_YAW_DEGREES)
      this.#small = { now: !(angle.eyeDistancePx >= LEAST_EYE_DISTANCE_PX), px: angle.eyeDistancePx };
  }

  /** The camera is gone or is another one: nothing that it showed counts. */
  end(reason: Extract<LivenessReason, 'camera_lost' | 'camera_changed' | 'camera_not_allowed'>): void {
    this.#ended ??= reason;
  }

  /** The face is so small that the frame is good for nothing else. */
  get tooSmall(): boolean {
    return this.#small.now;
  }

  hint(): LivenessHint | undefined {
    if (this.#faces.now === 0) return 'no_face';
    if (this.#faces.now >= 2) return 'one_person';
    return this.#small.now ? 'come_closer' : undefined;
  }

  /** Nothing that may come can make it a pass: the size of a face may still become better and is not asked. */
  lostCause(): boolean {
    const { state, reason } = this.#answer(false);
    return state === 'failed' || (state === 'unavailable' && reason !== 'not_measured');
  }

  /** A face that is too small only fails a run that ends so. */
  result(): GateResult {
    return this.#answer(true);
  }

  #answer(over: boolean): GateResult {
    const facts = this.#facts;
    const { refused, kind, demo } = this.#camera;
    const say = (state: GateResult['state'], reason: LivenessReason): GateResult => ({
      gate: 'capture',
      state,
      reason,
      frames: this.#frames,
      ...(this.#firstAt !== undefined && { spanMs: Math.max(0, this.#lastAt - this.#firstAt) }),
      facts: {
        camera: kind,
        demo,
        gapLimitMs: this.#gapMs,
        ...(facts && {
          cameraFrames: facts.frames,
          longestRepeat: facts.longestRepeat,
          looped: facts.looped,
          longestGapMs: Math.round(facts.longestGapMs),
          clockWentBack: facts.clockWentBack || this.#wentBack,
        }),
        ...(this.#small.px !== undefined && { eyeDistancePx: Math.round(this.#small.px) }),
      },
    });
    if (refused !== undefined) return say('unavailable', refused);
    if (this.#ended !== undefined) return say('unavailable', this.#ended);
    if (facts === undefined) return say('unavailable', 'not_measured');
    if (this.#broken) return say('unavailable', 'fault');
    if (facts.longestRepeat > MOST_REPEATED) return say('failed', 'frames_repeated');
    if (facts.looped >= LOOPED_FRAMES && !demo) return say('failed', 'frames_repeated');
    if (facts.longestGapMs > this.#gapMs || facts.clockWentBack || this.#wentBack)
      return say('failed', 'frames_missing');
    if (this.#faces.crowded) return say('failed', 'several_faces');
    if (over && this.#small.now) return say('failed', 'face_too_small');
    return say('passed', 'ok');
  }

  /** The worst that any frame said: facts never become better, also if results are lost. */
  #worse(now: CaptureFacts): CaptureFacts {
    const { frames, longestRepeat, looped, longestGapMs } = now;
    if (![frames, longestRepeat, looped, longestGapMs].every(Number.isFinite) || frames < 1) this.#broken = true;
    const before = this.#facts;
    if (before === undefined) return now;
    return {
      session: now.session,
      frames: Math.max(before.frames, frames),
      longestRepeat: Math.max(before.longestRepeat, longestRepeat),
      looped: Math.max(before.looped, looped),
      longestGapMs: Math.max(before.longestGapMs, longestGapMs),
      clockWentBack: before.clockWentBack || now.clockWentBack,
    };
  }
}
