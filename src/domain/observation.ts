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
  /** Detector score, 0–1; that of the mesh in a frame in which the mesh alone followed the face. */
  readonly score: number;
  readonly quality: FaceQuality;
  /** Unit vector of the pack's embedder; absent when it was not computed. */
  readonly embedding?: Float32Array;
  /** What the passive networks said; absent when they did not run on this frame. */
  readonly passive?: PassiveScore;
  /** Absent when it was not asked for, or no mesh was found. */
  readonly mesh?: FaceMesh;
}

/** Probability of a live face, 0–1, by the two networks of the passive gate (docs/liveness.md). */
export interface PassiveScore {
  /** Mean of both. */
  readonly live: number;
  readonly v2: number;
  readonly v1se: number;
  /** What the crops were cut by: the extent of the mesh, or the detector's box. */
  readonly box: 'mesh' | 'detector';
}

/** 468 points of a face. */
export interface FaceMesh {
  /** 468 × (x, y, z): x and y in pixels of the full frame, z in units of the 192-pixel crop, larger is farther. */
  readonly points: Float32Array;
  /** Side of the square crop in pixels of the full frame. */
  readonly sidePx: number;
  /** Probability that the crop shows a face, 0–1. */
  readonly score: number;
}

/** 17 points of a body in the order of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; the person's left before right. */
export interface BodyPose {
  /** 17 × (x, y, score): x and y in pixels of the full frame, score 0–1. */
  readonly points: Float32Array;
}

/** Mean colour (BGR, 0–255) of the inner face and of what lies behind the person. */
export interface ColourSample {
  readonly face: readonly [number, number, number];
  readonly background: readonly [number, number, number];
}

/** What the frames of the camera were like since a measuring began; every frame counts, also those not analysed. */
export interface CaptureFacts {
  /** Number given by whoever asked for the measuring. */
  readonly session: number;
  readonly frames: number;
  /** Most frames in a row with the same pixels; 1 means none was repeated. */
  readonly longestRepeat: number;
  /** Frames whose pixels equal those of an earlier frame that was not the one before: a recording that begins anew. */
  readonly looped: number;
  /** Longest time between two frames, ms. */
  readonly longestGapMs: number;
  /** A frame was older than the one before it. */
  readonly clockWentBack: boolean;
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
  /** While they are measured. */
  readonly passiveMs?: number;
  readonly meshMs?: number;
  readonly bodyMs?: number;
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
  /** While it is measured: the body of the person before the camera. */
  readonly body?: BodyPose;
  /** While it is measured. */
  readonly colour?: ColourSample;
  /** While anything is measured beyond faces. */
  readonly capture?: CaptureFacts;
}
