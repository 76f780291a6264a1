/** What the vision process saw. Absent always means "not measured"; 0 never does. */

/** x, y of the top left corner, width and height, in pixels of the full frame. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels of the full frame. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Eye on the image's left, eye on the image's right, nose tip, mouth corner left, mouth corner right. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** Measures of one face that decide whether it may be used. */
export interface FaceQuality {
  /** Pixels between the eyes. */
  readonly eyeDistancePx: number;
  /** Face box height divided by frame height. */
  readonly faceHeightRatio: number;
  /** Mean luma of the face, 0–255. */
  readonly brightness: number;
  /** Variance of the Laplacian over the aligned 112-pixel grey face: below about 30 is blurred. */
  readonly sharpness: number;
  /** Horizontal asymmetry of the nose between the eyes: 0 frontal, about ±0.5 a quarter turn. */
  readonly yaw: number;
  /** Position of the nose between eye line and mouth line: about 0 when level, positive looking down. */
  readonly pitch: number;
  /** In-plane rotation of the eye line, degrees. */
  readonly rollDegrees: number;
  /** The box touches the border of the frame. */
  readonly truncated: boolean;
}

export interface FaceObservation {
  readonly box: Box;
  readonly points: FivePoints;
  /** Detector score, 0–1. */
  readonly score: number;
  readonly quality: FaceQuality;
  /** Unit vector of the pack's embedder; absent when it was not computed. */
  readonly embedding?: Float32Array;
  /** Probability of a live face by the passive networks; absent when they did not run. */
  readonly liveScore?: number;
}

/** Facts of the whole picture. */
export interface SceneObservation {
  /** Mean luma of the frame, 0–255. */
  readonly brightness: number;
  /** Standard deviation of luma: below about 8 the lens is covered. */
  readonly contrast: number;
}

/** Milliseconds by step, monotonic. */
export interface VisionTimings {
  readonly queueMs: number;
  readonly detectMs: number;
  readonly embedMs: number;
  readonly totalMs: number;
}

export interface VisionResult {
  /** Frame.seq of the picture that was analysed. */
  readonly seq: number;
  /** Monotonic ms (CLOCK_MONOTONIC, equal in all processes of one machine) at which the frame was taken. */
  readonly capturedAt: number;
  readonly width: number;
  readonly height: number;
  /** Largest first. */
  readonly faces: readonly FaceObservation[];
  readonly scene: SceneObservation;
  readonly timings: VisionTimings;
}
