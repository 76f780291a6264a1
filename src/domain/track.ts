import type { Box, FaceObservation, VisionResult } from './observation.js';
import { dot } from './vector.js';

/** One face followed over frames. */
export interface Track {
  /** Counts from 1; never used again. */
  readonly id: number;
  /** The newest observation. */
  readonly face: FaceObservation;
  /** Monotonic ms of the first and the newest frame. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Newest embedding of the track; absent while none was measured. */
  readonly embedding?: Float32Array;
}

export interface TrackerState {
  readonly tracks: readonly Track[];
  readonly nextId: number;
}

export const NO_TRACKS: TrackerState = { tracks: [], nextId: 1 };

/** A face unseen for longer begins a new track: in this time somebody else can step in (design value). */
export const TRACK_GAP_MS = 700;

/**
 * The gap of a camera that gives a frame every `frameIntervalMs`. A slow one (stills, a low frame rate) would begin a
 * new track with every frame and never reach a consensus; one missed frame is borne.
 */
export function trackGapMs(frameIntervalMs: number): number {
  return Math.max(TRACK_GAP_MS, 2 * frameIntervalMs);
}
/** Boxes that overlap less than this must be near each other to be one face (design value). */
const TRACK_MIN_IOU = 0.25;
/** Greatest way of a face's centre between two frames, in heights of the smaller box (design value). */
const TRACK_MAX_STEP = 0.6;
/** Greatest change of a face's height between two frames, as a factor (design value). */
const TRACK_MAX_GROWTH = 1.8;

/** Area of the overlap divided by the area of the union; 0 when they do not touch. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const overlap = width * height;
  return overlap / (a.width * a.height + b.width * b.height - overlap);
}

/** Distance of the centres in heights of the smaller box. */
function step(a: Box, b: Box): number {
  const dx = a.x + a.width / 2 - (b.x + b.width / 2);
  const dy = a.y + a.height / 2 - (b.y + b.height / 2);
  return Math.hypot(dx, dy) / Math.max(1, Math.min(a.height, b.height));
}

/**
 * How well a face continues a track; undefined when it cannot be the same face: it jumped, changed its size
 * abruptly, or does not look like the person of the track.
 */
function continuity(track: Track, face: FaceObservation, sameFace: number): number | undefined {
  const overlap = iou(track.face.box, face.box);
  const distance = step(track.face.box, face.box);
  if (overlap < TRACK_MIN_IOU && distance > TRACK_MAX_STEP) return undefined;
  const growth = face.box.height / Math.max(1, track.face.box.height);
  if (growth > TRACK_MAX_GROWTH || growth < 1 / TRACK_MAX_GROWTH) return undefined;
  if (track.embedding === undefined || face.embedding === undefined) return overlap - distance;
  const likeness = dot(track.embedding, face.embedding);
  // Written so that NaN breaks the track.
  if (!(likeness >= sameFace)) return undefined;
  return overlap - distance + likeness;
}

/**
 * Follows faces into the next frame, the best continuation first. Tracks whose `lastSeenAt` equals the
 * result's `capturedAt` are in view; others are kept for `gapMs`.
 * @param sameFace least cosine between two frames of one face (from the pack's calibration)
 */
export function follow(
  state: TrackerState,
  result: VisionResult,
  sameFace: number,
  gapMs: number = TRACK_GAP_MS,
): TrackerState {
  const known = state.tracks.filter((track) => result.capturedAt - track.lastSeenAt <= gapMs);
  const pairs: { track: Track; face: FaceObservation; value: number }[] = [];
  for (const track of known)
    for (const face of result.faces) {
      const value = continuity(track, face, sameFace);
      if (value !== undefined) pairs.push({ track, face, value });
    }
  pairs.sort((a, b) => b.value - a.value);
  const continued = new Map<Track, FaceObservation>();
  const taken = new Set<FaceObservation>();
  for (const { track, face } of pairs) {
    if (continued.has(track) || taken.has(face)) continue;
    continued.set(track, face);
    taken.add(face);
  }
  const tracks: Track[] = known.map((track) => {
    const face = continued.get(track);
    if (face === undefined) return track;
    const embedding = face.embedding ?? track.embedding;
    return { ...track, face, lastSeenAt: result.capturedAt, ...(embedding && { embedding }) };
  });
  let nextId = state.nextId;
  for (const face of result.faces) {
    if (taken.has(face)) continue;
    // A track whose place was taken by another face has ended: its person cannot come back into it.
    const replaced = tracks.findIndex(
      (track) => track.lastSeenAt < result.capturedAt && iou(track.face.box, face.box) >= TRACK_MIN_IOU,
    );
    if (replaced >= 0) tracks.splice(replaced, 1);
    tracks.push({
      id: nextId++,
      face,
      firstSeenAt: result.capturedAt,
      lastSeenAt: result.capturedAt,
      ...(face.embedding && { embedding: face.embedding }),
    });
  }
  return { tracks, nextId };
}
