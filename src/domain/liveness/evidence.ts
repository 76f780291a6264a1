import type { ChallengeAction } from './action.js';
import type { GateResult, GateState, LivenessReason } from './gate.js';

/** Which gates the factor liveness needs: `passive` capture, passive and binding; `full` the random challenge too. */
export const LIVENESS_LEVELS = ['passive', 'full'] as const;
export type LivenessLevel = (typeof LIVENESS_LEVELS)[number];

/** One action of a challenge. Times are ms since the run began. */
export interface ActionEvidence {
  readonly action: ChallengeAction;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly reason: LivenessReason;
  /** When the page had the prompt on the screen. */
  readonly shownMs?: number;
  /** When the movement began, after `shownMs`. */
  readonly onsetMs?: number;
  /** When it was verified, after `shownMs`. */
  readonly verifiedMs?: number;
  /** Frames in which the rule held. */
  readonly frames?: number;
  /** Greatest measures reached, by name, beside their thresholds in docs/liveness.md. */
  readonly measures: Readonly<Record<string, number>>;
}

/** What the pose take said: body motion compared with the enrolled one, and the movement rule. */
export interface PoseEvidence {
  readonly frames: number;
  readonly seconds: number;
  /** Sum over frames, points and axes of movement in shoulder widths (docs/liveness.md). */
  readonly totalMovement?: number;
  readonly temporalVariance?: number;
  /** Fused distance to the enrolled signature; smaller is nearer. Absent where nothing is enrolled. */
  readonly distance?: number;
  readonly threshold?: number;
  readonly state: GateState;
  readonly reason: LivenessReason;
}

/** The record of one run: every gate with score, threshold, frames and times. No picture, no vector. */
export interface LivenessEvidence {
  readonly version: 1;
  readonly factor: 'liveness' | 'pose';
  readonly level: LivenessLevel;
  readonly state: GateState;
  readonly reason: LivenessReason;
  readonly gates: readonly GateResult[];
  readonly actions: readonly ActionEvidence[];
  readonly pose?: PoseEvidence;
  /** Screen-light challenge, where it was asked for. */
  readonly light?: NonNullable<GateResult['facts']>;
  /** `sha256:` + first 16 hex digits of each network that was used. */
  readonly networks: Readonly<Record<string, string>>;
  /** The camera as docs/liveness.md names it, and whether it was a recording that the configuration allows. */
  readonly camera: { readonly kind: string; readonly demo: boolean };
  readonly frames: number;
  readonly durationMs: number;
}
