import type { ChallengeAction } from './action.js';
import type { LivenessLevel, PoseEvidence } from './evidence.js';
import type { LivenessReason } from './gate.js';

/** Points of the body over the seconds of a pose take. */
export interface PoseTake {
  /** `at`: monotonic ms; `points` as in BodyPose. In order. */
  readonly frames: readonly { readonly at: number; readonly points: Float32Array }[];
}

/** What a run is to find out, and all that it may not ask for itself. */
export interface LivenessOrder {
  /** Used once; begins every id of a prompt. */
  readonly id: string;
  readonly factor: 'liveness' | 'pose';
  /** The factor pose always asks for the challenge and never for the passive gate. */
  readonly level: LivenessLevel;
  /** Actions that may be drawn; at least one turn. */
  readonly actions: readonly ChallengeAction[];
  /** Seconds of body motion after the challenge (pose only). */
  readonly poseTake: boolean;
  /** Show a random sequence of colours and compare. */
  readonly light: boolean;
  /** The whole run ends after so many ms. */
  readonly totalMs: number;
  /** Accept if the median P(live) ≥ this. */
  readonly passiveThreshold: number;
  /** Least cosine of two frames of the same face: the 1:1 threshold of the pack. */
  readonly sameFace: number;
  /** The template of the person who is named, and its 1:1 threshold; absent where nobody is bound to a face. */
  readonly reference?: { readonly vector: Float32Array; readonly threshold: number };
  /** Networks that can be measured; short hashes for the record. */
  readonly networks: { readonly passive?: string; readonly mesh?: string; readonly body?: string };
  /** `refused`: why this camera does not count. `demo`: a recording or unpinned camera that the configuration allows. */
  readonly camera: { readonly kind: string; readonly demo: boolean; readonly refused?: LivenessReason };
  /** The picture that is analysed shows left and right exchanged (`camera.mirror`): `watchAction` is told so. */
  readonly mirrored?: boolean;
  /** Time between two frames of the camera, ms. */
  readonly frameIntervalMs: number;
  /** A whole number from 0 to n − 1, all equally likely, from a cryptographic source. */
  readonly pick: (n: number) => number;
  /** Judges a pose take; absent where only the challenge counts. */
  readonly judgePose?: (take: PoseTake) => PoseEvidence;
}

/** What helps the person; the page has a sentence for each. */
export const LIVENESS_HINTS = [
  'no_face',
  'come_closer',
  'one_person',
  'look_straight',
  'hold_still',
  'show_shoulders',
  'turn_further',
  'wait_for_it',
] as const;
export type LivenessHint = (typeof LIVENESS_HINTS)[number];

/** What the page shows of a run. */
export interface LivenessView {
  readonly phase: 'passive' | 'neutral' | 'prompt' | 'light' | 'pose_take' | 'over';
  /** While an action is asked for. The page says when it is on the screen (`shown`): only then its time begins. */
  readonly prompt?: {
    readonly id: string;
    readonly action: ChallengeAction;
    /** From 1. */
    readonly number: number;
    readonly of: number;
    readonly moving: boolean;
    /** For the ring: how far the movement has come, 0–1. */
    readonly progress: number;
    readonly remainingMs: number;
  };
  /** While colours are shown: paint the whole screen, then say so (`shown`). */
  readonly light?: { readonly id: string; readonly colour: string };
  /** Actions verified so far, and the whole way, 0–1. */
  readonly progress: number;
  readonly hint?: LivenessHint;
  readonly skipsLeft: number;
  readonly remainingMs: number;
}
