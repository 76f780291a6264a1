import type { LivenessTarget } from '../../domain/attempt.js';
import type { FactorResult } from '../../domain/factor.js';
import type { LivenessEvidence, LivenessLevel } from '../../domain/liveness/evidence.js';
import type { LivenessReason } from '../../domain/liveness/gate.js';
import type { Reason } from '../../domain/reason.js';

/** Reasons of a decision for reasons of a run; what is not named here is a challenge that failed. */
const REASON: Readonly<Partial<Record<LivenessReason, Reason>>> = {
  ok: 'ok',
  frames_repeated: 'spoof_suspected',
  looks_like_picture: 'spoof_suspected',
  flat_picture: 'spoof_suspected',
  light_mismatch: 'spoof_suspected',
  several_faces: 'multiple_faces',
  face_too_small: 'low_quality',
  other_face: 'no_match',
  pose_still: 'pose_mismatch',
  pose_mismatch: 'pose_mismatch',
  no_pose_enrolled: 'pose_mismatch',
  out_of_time: 'timeout',
};

/** A run that could not even be begun, or broke down. */
export function brokenRun(
  target: LivenessTarget,
  level: LivenessLevel,
  reason: LivenessReason,
  camera: LivenessEvidence['camera'],
): LivenessEvidence {
  const nothing = { gates: [], actions: [], networks: {}, frames: 0, durationMs: 0 };
  return { version: 1, factor: target.factor, level, state: 'unavailable', reason, ...nothing, camera };
}

/**
 * The run ended without an answer because somebody left it after the first prompt, or because the time was over while one stood
 * unanswered or was changed. That is a failure: otherwise whoever has recordings of some movements would begin again, and again,
 * until only those are drawn (docs/liveness.md).
 */
function leftUnanswered({ state, reason, actions }: LivenessEvidence): boolean {
  if (state !== 'unavailable') return false;
  if (reason === 'page_gone') return actions.length > 0;
  return reason === 'out_of_time' && actions.some(({ outcome }) => outcome !== 'passed');
}

/**
 * The result of a run for the attempt. That no pose is enrolled is, before anything was proved, the same as a pose of
 * somebody else: it would tell who is on record.
 * @param at monotonic ms
 */
export function resultOf(evidence: LivenessEvidence, proven: boolean, at: number): FactorResult {
  const { factor, reason } = evidence;
  const hidden = !proven && reason === 'no_pose_enrolled';
  const outcome = hidden || leftUnanswered(evidence) ? 'failed' : evidence.state;
  const passive = evidence.gates.find(({ gate }) => gate === 'passive');
  const { score, threshold } = (factor === 'liveness' ? passive : undefined) ?? {};
  return {
    kind: factor,
    outcome,
    reason: outcome === 'unavailable' ? 'factor_unavailable' : (REASON[reason] ?? 'challenge_failed'),
    ...(Number.isFinite(score) && { score: score! }),
    ...(Number.isFinite(threshold) && { threshold: threshold! }),
    evidence,
    at,
  };
}

/**
 * Ends a run that somebody leaves. The failure to be counted; undefined where nothing was left unanswered, or the run broke.
 * @param at monotonic ms
 */
export function leaveRun(
  run: { failed(reason: LivenessReason, at: number): void; readonly end: LivenessEvidence | undefined },
  proven: boolean,
  at: number,
): FactorResult | undefined {
  try {
    run.failed('page_gone', at);
    return run.end !== undefined && leftUnanswered(run.end) ? resultOf(run.end, proven, at) : undefined;
  } catch {
    // What is broken is no answer, and nobody waits for it any more.
    return undefined;
  }
}
