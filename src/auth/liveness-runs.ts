import type { LivenessTarget } from '../domain/attempt.js';
import type { Purpose } from '../domain/decision.js';
import type { FactorResult } from '../domain/factor.js';
import type { LivenessLevel } from '../domain/liveness/evidence.js';
import type { LivenessReason } from '../domain/liveness/gate.js';
import type { LivenessView } from '../domain/liveness/run-order.js';

/** What the page shows of a run, and what it may say before it begins. */
export interface RunAhead extends LivenessView {
  /** Bright colours belong to it. */
  readonly lightAhead?: boolean;
  /** The own gesture belongs to it, after the challenge. */
  readonly gestureAhead?: boolean;
}

/** What the page shows before a run began. */
export interface LivenessAhead extends LivenessView {
  /** Bright colours belong to this run. */
  readonly lightAhead?: boolean;
  /** The own gesture belongs to this run, after the challenge. */
  readonly gestureAhead?: boolean;
}

/** One run of liveness or pose that somebody is to go through. */
export interface LivenessRequest {
  readonly target: LivenessTarget;
  readonly level: LivenessLevel;
  /** The person proved who he is: that nothing of him is enrolled may be seen. */
  readonly proven: boolean;
  /** Called once, never from inside `begin`; the run is over then. */
  onEnd(result: FactorResult): void;
}

/** A run under way. */
export interface RunningLiveness {
  view(): LivenessView;
  /** The page has this prompt or colour on the screen: its time begins now. False for one that is not asked for. */
  shown(id: string): boolean;
  /** Another action, please. False when there is none. */
  skip(id: string): boolean;
  /**
   * Ends the run; `onEnd` hears nothing of it.
   * @returns a failure to be counted where a prompt was given already: whoever may leave for nothing would
   *   begin again until the draw suits him
   */
  stop(): FactorResult | undefined;
}

/** Runs of liveness and pose as attempts use them: one at a time, the newest one. */
export interface LivenessRuns {
  /** What the configuration asks for. The factor pose is always the challenge. */
  levelOf(factor: LivenessTarget['factor'], purpose: Purpose): LivenessLevel;
  /** Why no run could pass now, whoever is meant; undefined when one could. */
  whyNot(factor: LivenessTarget['factor'], level: LivenessLevel): LivenessReason | undefined;
  /** Whether what the factor compares is enrolled for this person. */
  enrolled(factor: LivenessTarget['factor'], personId: string): boolean;
  /** Somebody stands before the camera. */
  faceInSight(): boolean;
  /** What the page shows before a run began. */
  ahead(factor: LivenessTarget['factor'], level: LivenessLevel): RunAhead;
  begin(request: LivenessRequest): RunningLiveness;
}
