import type { BodyPose, FaceMesh } from '../observation.js';
import type { HeadMeasures } from './head-measures.js';
import type { MeasuredFrame } from './measured-frame.js';
import type { LivenessHint } from './run-order.js';

/** The person at rest, taken in the gap before a prompt: what every movement is measured against. */
export interface Neutral {
  /** Medians over the frames of the gap. */
  readonly head?: HeadMeasures;
  /** Mesh of the frame nearest to the median asymmetry: the reference of the planarity rule. */
  readonly mesh?: FaceMesh;
  /** Medians of the points that were seen. */
  readonly body?: BodyPose;
}

/** Where one action stands after a frame. */
export interface ActionProgress {
  /**
   * `moving`: the movement has begun, in the asked direction or not yet to be told apart. `done`: the rule held long
   * enough. `wrong`: another action than the one asked for was done.
   */
  readonly state: 'waiting' | 'moving' | 'done' | 'wrong';
  /** 0–1, for the page. */
  readonly progress: number;
  /** What moves is a flat picture: it moved, but everything in one plane. Only said of turns and hand actions. */
  readonly flat: boolean;
  /** Frames in which the whole rule held. */
  readonly frames: number;
  /** Greatest measures so far, by name: `yawDegrees`, `asymmetry`, `residual`, `articulation`, … */
  readonly measures: Readonly<Record<string, number>>;
  readonly hint?: LivenessHint;
}

/** Watches for one action from its prompt on; frames come in order. */
export interface ActionWatch {
  see(frame: MeasuredFrame): ActionProgress;
}
