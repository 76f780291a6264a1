import type { Picture } from '../domain/frame.js';
import type { FaceObservation } from '../domain/observation.js';
import type { PackIdentity } from './vision.js';

/** What a face pipeline may take from the tracking of earlier frames. */
export interface DetectHint {
  /** Opaque hint returned by the last detection (for example the scale that hit). */
  readonly last?: number;
}

export interface Detection {
  /** Largest first, without embedding. */
  readonly faces: readonly FaceObservation[];
  readonly hint?: number;
}

/** Code of one model pack behind one interface (docs/networks.md). Pictures are full frames. */
export interface FacePipeline {
  readonly identity: PackIdentity;
  detect(picture: Picture, hint?: DetectHint): Promise<Detection>;
  /** Unit vector of `identity.dim` numbers, or undefined when the crop is empty or the network gave no direction. */
  embed(picture: Picture, face: FaceObservation): Promise<Float32Array | undefined>;
  dispose(): Promise<void>;
}
