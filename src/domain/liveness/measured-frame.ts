import type { BodyPose, CaptureFacts, ColourSample, FaceMesh, PassiveScore } from '../observation.js';

/** One analysed frame as the gates read it: scores belong to the track, never to a place in a list. */
export interface MeasuredFrame {
  /** Monotonic ms at which it was captured. */
  readonly at: number;
  readonly width: number;
  readonly height: number;
  /** Faces of a size that could be the one meant; 0, 1 or more. */
  readonly faces: number;
  /** The largest face, where it continues or begins a track. */
  readonly face?: {
    readonly track: number;
    readonly eyeDistancePx: number;
    /** Detector's estimate of yaw, as in FaceQuality: 0 frontal, about ±0.5 a quarter turn. */
    readonly yaw: number;
    readonly embedding?: Float32Array;
    readonly passive?: PassiveScore;
    readonly mesh?: FaceMesh;
  };
  readonly body?: BodyPose;
  readonly colour?: ColourSample;
  readonly capture?: CaptureFacts;
}
