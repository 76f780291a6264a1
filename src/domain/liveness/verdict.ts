import type { LivenessLevel, PoseEvidence } from './evidence.js';
import {
  GATE_NAMES,
  type GateName,
  type GateResult,
  type GateState,
  LIVENESS_REASONS,
  type LivenessReason,
} from './gate.js';

/** How a run ends, and why. */
export interface Verdict {
  readonly state: GateState;
  readonly reason: LivenessReason;
}

/** Reasons by which a question was not answered; by every other one it was answered with no. */
const NO_ANSWER: readonly LivenessReason[] = [
  'ok',
  'camera_not_allowed',
  'camera_changed',
  'camera_lost',
  'no_network',
  'too_few_frames',
  'page_gone',
  'out_of_time',
  'no_action_left',
  'body_not_seen',
  'no_pose_enrolled',
  'not_measured',
  'fault',
];

/** How a run ends that is ended from outside for this reason. */
export function stateOf(reason: LivenessReason): 'failed' | 'unavailable' {
  return NO_ANSWER.includes(reason) ? 'unavailable' : 'failed';
}

/**
 * The gates that a factor rests on. The factor `pose` never asks the passive networks, so it works without them and is
 * the weaker one (docs/liveness.md).
 */
export function neededGates(factor: 'liveness' | 'pose', level: LivenessLevel): readonly GateName[] {
  if (factor === 'pose') return ['capture', 'active', 'binding'];
  return level === 'full' ? GATE_NAMES : ['capture', 'passive', 'binding'];
}

/**
 * All needed gates passed: passed. One failed: failed, with the reason of the first in the order of GATE_NAMES. Else
 * unavailable, with that of the first that says more than `not_measured`. A gate that is missing, answers twice in different ways, or gives anything that is no answer never counts
 * as passed; the order of the list says nothing.
 */
export function decide(gates: readonly GateResult[], needed: readonly GateName[]): Verdict {
  const asked = GATE_NAMES.filter((name) => needed.includes(name));
  if (asked.length === 0 || asked.length !== new Set(needed).size)
    return { state: 'unavailable', reason: 'not_measured' };
  const answers = asked.map((name) => {
    const own = gates.filter((gate) => gate.gate === name).map((gate) => askGate(name, () => gate));
    return own.length === 0 ? [unavailable(name, 'not_measured')] : own;
  });
  const failed = answers.flat().find(({ state }) => state === 'failed');
  if (failed !== undefined) return { state: 'failed', reason: failed.reason };
  const missing = answers.flat().filter(({ state }) => state === 'unavailable');
  if (missing.length === 0) return { state: 'passed', reason: 'ok' };
  // That a gate saw nothing yet says less than why another one cannot see.
  const told = missing.find(({ reason }) => reason !== 'not_measured');
  return { state: 'unavailable', reason: told?.reason ?? 'not_measured' };
}

/**
 * Body motion after the gates: where it is wanted it may turn a pass into something else, and never anything into a
 * pass.
 */
export function withPose(verdict: Verdict, wanted: boolean, pose: PoseEvidence | undefined): Verdict {
  if (!wanted || verdict.state !== 'passed') return verdict;
  if (pose === undefined) return { state: 'unavailable', reason: 'not_measured' };
  const numbers = [pose.frames, pose.seconds, pose.distance, pose.threshold, pose.totalMovement, pose.temporalVariance];
  const sound = numbers.every((value) => value === undefined || Number.isFinite(value));
  if (pose.state === 'failed') return { state: 'failed', reason: whyNot(pose.reason) };
  if (pose.state !== 'passed') return { state: 'unavailable', reason: whyNot(pose.reason) };
  return sound && pose.reason === 'ok' ? verdict : { state: 'unavailable', reason: 'fault' };
}

/** Asks one gate. Whatever is no answer (nothing, a promise, not a number, an exception) is `unavailable`. */
export function askGate(gate: GateName, ask: () => unknown): GateResult {
  let answer: unknown;
  try {
    answer = ask();
  } catch {
    return unavailable(gate, 'fault');
  }
  return isAnswer(answer, gate) ? cleaned(answer) : unavailable(gate, answer === undefined ? 'not_measured' : 'fault');
}

/** The answer of a gate that could not be asked; never a pass. */
export function unavailable(gate: GateName, reason: LivenessReason): GateResult {
  return { gate, state: 'unavailable', reason };
}

function isAnswer(answer: unknown, gate: GateName): answer is GateResult {
  if (typeof answer !== 'object' || answer === null) return false;
  const { gate: own, state, reason } = answer as Partial<GateResult>;
  return (
    own === gate &&
    (state === 'passed' || state === 'failed' || state === 'unavailable') &&
    LIVENESS_REASONS.some((one) => one === reason)
  );
}

/** Without numbers that are none; a pass that rests on one of those, or on too small a score, is none. */
function cleaned(answer: GateResult): GateResult {
  const measures = ['score', 'threshold', 'frames', 'spanMs'] as const;
  const broken = measures.filter((name) => answer[name] !== undefined && !Number.isFinite(answer[name]));
  const facts = Object.entries(answer.facts ?? {});
  const soundFacts = facts.filter(([, value]) => typeof value !== 'number' || Number.isFinite(value));
  const kept = measures.filter((name) => answer[name] !== undefined && !broken.includes(name));
  const result: GateResult = {
    gate: answer.gate,
    state: answer.state,
    reason: answer.state === 'passed' ? answer.reason : whyNot(answer.reason),
    ...Object.fromEntries(kept.map((name) => [name, answer[name]])),
    ...(answer.facts && { facts: Object.fromEntries(soundFacts) }),
  };
  if (result.state !== 'passed') return result;
  const below = result.score !== undefined && result.threshold !== undefined && result.score < result.threshold;
  const whole = broken.length === 0 && soundFacts.length === facts.length;
  return whole && !below && result.reason === 'ok' ? result : { ...result, state: 'unavailable', reason: 'fault' };
}

/** `ok` is no reason for anything but a pass. */
function whyNot(reason: LivenessReason): LivenessReason {
  return reason === 'ok' ? 'fault' : reason;
}
