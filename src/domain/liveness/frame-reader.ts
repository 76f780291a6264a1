import type { Box, FaceObservation, VisionResult } from '../observation.js';
import { follow, iou, NO_TRACKS, type Track, type TrackerState, trackGapMs } from '../track.js';
import { dot } from '../vector.js';
import { type FaceAngle, faceAngle } from './face-angle.js';
import type { LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';

/** A second face of at least this part of the followed one's height could be the one meant (design value). */
const SECOND_FACE_RATIO = 0.5;
/** Boxes that overlap so much are in the same place: another face there has taken it. */
const SAME_PLACE_IOU = 0.25;
/**
 * Greatest distance of a face from where its way so far leads, in distances of the eyes (points 33 and 263). Live clips
 * at 10 frames a second: at most 0.16, of which the 95th percentile is 0.12. See docs/liveness.md for why not its speed.
 */
const JUMP_LIMIT = 0.25;
/** What muscles can do besides, in distances of the eyes per second squared: 3.6 m/s², a lean 11 m/s² (design values). */
const HEAD_ACCELERATION = 40;
const LEAN_ACCELERATION = 120;

/** One result as the gates read it. */
export interface Reading {
  readonly frame: MeasuredFrame;
  /** Of the face of the frame. */
  readonly angle?: FaceAngle;
  /** The face that was followed so far is gone: what was gathered about it ends here. */
  readonly lost?: Extract<LivenessReason, 'track_lost' | 'other_face' | 'camera_lost'>;
  /** This result is of an earlier frame than the one before it; its content does not count. */
  readonly wentBack: boolean;
}

interface Place {
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Makes measured frames of results and follows the one face that is meant. Scores stay with the face they were
 * measured on, and a face with its track: no list index ever says whose a score is.
 */
export class FrameReader {
  readonly #sameFace: number;
  readonly #gapMs: number;
  #tracker: TrackerState = NO_TRACKS;
  #main: Track | undefined;
  #places: readonly Place[] = [];
  #eyesPx = 0;
  #last: { readonly seq: number; readonly at: number } | undefined;

  constructor(options: { readonly sameFace: number; readonly frameIntervalMs: number }) {
    this.#sameFace = options.sameFace;
    this.#gapMs = trackGapMs(options.frameIntervalMs);
  }

  /**
   * Undefined for a result that was read already.
   * @param leaning the person was asked to lean, or comes back from it: the whole head goes far then
   */
  read(result: VisionResult, leaning = false): Reading | undefined {
    const at = result.capturedAt;
    const size = { at, width: result.width, height: result.height };
    const last = this.#last;
    if (last !== undefined && at === last.at) return undefined;
    if (!Number.isFinite(at) || (last !== undefined && at < last.at))
      return { frame: { ...size, faces: 0, ...(result.capture && { capture: result.capture }) }, wentBack: true };
    this.#last = { seq: result.seq, at };
    // A camera that was opened again counts from 1.
    const reopened = last !== undefined && result.seq <= last.seq;
    this.#tracker = follow(this.#tracker, result, this.#sameFace, this.#gapMs);
    const inView = this.#tracker.tracks.filter((track) => track.lastSeenAt === at);
    let lost: Reading['lost'] = reopened ? 'camera_lost' : this.#follow(inView);
    const face = this.#main?.lastSeenAt === at ? this.#main.face : undefined;
    const faces = countFaces(result.faces, face?.box);
    const angle = face && faceAngle(face);
    if (face !== undefined && angle !== undefined && this.#jumped(face, at, angle.eyeDistancePx, leaning))
      lost ??= 'track_lost';
    const frame: MeasuredFrame = {
      ...size,
      faces,
      ...(face && angle && { face: measured(this.#main!.id, face, angle) }),
      ...(result.body && { body: result.body }),
      ...(result.colour && { colour: result.colour }),
      ...(result.capture && { capture: result.capture }),
    };
    return { frame, ...(angle && { angle }), ...(lost && { lost }), wentBack: false };
  }

  /** Follows the one meant, or begins with the largest face in view. */
  #follow(inView: readonly Track[]): Reading['lost'] {
    const before = this.#main;
    if (before !== undefined) {
      this.#main = this.#tracker.tracks.find((track) => track.id === before.id);
      if (this.#main !== undefined) return undefined;
    }
    this.#places = [];
    this.#eyesPx = 0;
    this.#main = inView.reduce<Track | undefined>(
      (largest, track) => (largest === undefined || track.face.box.height > largest.face.box.height ? track : largest),
      undefined,
    );
    if (before === undefined) return undefined;
    const taken = this.#main !== undefined && iou(before.face.box, this.#main.face.box) >= SAME_PLACE_IOU;
    return taken && this.#unlike(before, this.#main!) ? 'other_face' : 'track_lost';
  }

  #unlike(before: Track, now: Track): boolean {
    if (before.embedding === undefined || now.embedding === undefined) return false;
    return !(dot(before.embedding, now.embedding) >= this.#sameFace);
  }

  /** The face is not where its way over the two frames before leads: another recording, or another face. */
  #jumped(face: FaceObservation, at: number, eyeDistancePx: number, leaning: boolean): boolean {
    const place: Place = {
      at,
      x: face.points.reduce((sum, point) => sum + point.x, 0) / face.points.length,
      y: face.points.reduce((sum, point) => sum + point.y, 0) / face.points.length,
    };
    const [before, last] = this.#places;
    this.#places = [...this.#places, place].slice(-2);
    // A turned head has its eyes nearer to each other and is no smaller for it. NaN stays, and is a jump.
    this.#eyesPx = Math.max(eyeDistancePx, this.#eyesPx);
    if (before === undefined || last === undefined) return false;
    const elapsed = at - last.at;
    const part = elapsed / (last.at - before.at);
    const dx = place.x - last.x - (last.x - before.x) * part;
    const dy = place.y - last.y - (last.y - before.y) * part;
    const bend = (elapsed * (at - before.at)) / 2 / 1e6;
    const limit = Math.max(JUMP_LIMIT, (leaning ? LEAN_ACCELERATION : HEAD_ACCELERATION) * bend);
    const jumped = !(Math.hypot(dx, dy) / this.#eyesPx <= limit);
    if (jumped) this.#places = [place];
    return jumped;
  }
}

/** Faces of a size that could be the one meant. */
function countFaces(faces: readonly FaceObservation[], own: Box | undefined): number {
  const height = own?.height ?? Math.max(0, ...faces.map((face) => face.box.height));
  return faces.filter((face) => face.box.height >= SECOND_FACE_RATIO * height).length;
}

function measured(track: number, face: FaceObservation, angle: FaceAngle): NonNullable<MeasuredFrame['face']> {
  const { embedding, passive, mesh } = face;
  return {
    track,
    eyeDistancePx: angle.eyeDistancePx,
    yaw: face.quality.yaw,
    ...(embedding && { embedding }),
    ...(passive && { passive }),
    ...(mesh && { mesh }),
  };
}
