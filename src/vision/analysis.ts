import type {
  BodyPose,
  ColourSample,
  FaceObservation,
  SceneObservation,
  VisionTimings,
} from '../domain/observation.js';

/** What the inference worker says about one picture. */
export interface Analysis {
  /** Largest first. */
  readonly faces: readonly FaceObservation[];
  readonly scene: SceneObservation;
  readonly timings: Omit<VisionTimings, 'queueMs' | 'totalMs'>;
  readonly body?: BodyPose;
  readonly colour?: ColourSample;
}
