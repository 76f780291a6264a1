import { resultOf } from '../../src/auth/factors/liveness-result.js';
import type { LivenessRequest, LivenessRuns, RunningLiveness } from '../../src/auth/liveness-runs.js';
import type { LivenessTarget } from '../../src/domain/attempt.js';
import type { Purpose } from '../../src/domain/decision.js';
import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import type { LivenessEvidence, LivenessLevel } from '../../src/domain/liveness/evidence.js';
import { GATE_NAMES, type GateState, type LivenessReason } from '../../src/domain/liveness/gate.js';
import type { LivenessView } from '../../src/domain/liveness/run-order.js';

type Factor = LivenessTarget['factor'];

/** Evidence of a run as a real one writes it: the last gate is the one that decided. */
export function someEvidence(
  factor: Factor,
  state: GateState,
  reason: LivenessReason = state === 'passed' ? 'ok' : 'looks_like_picture',
): LivenessEvidence {
  return {
    version: 1,
    factor,
    level: factor === 'pose' ? 'full' : 'passive',
    state,
    reason,
    gates: GATE_NAMES.filter((gate) => factor === 'pose' || gate !== 'active').map((gate) => ({
      gate,
      state: gate === 'binding' ? state : 'passed',
      reason: gate === 'binding' ? reason : 'ok',
      score: 0.91,
      threshold: 0.5,
      frames: 12,
      spanMs: 1100,
    })),
    actions: [],
    networks: { passive: `sha256:${'cd'.repeat(8)}` },
    camera: { kind: 'usb', demo: false },
    frames: 14,
    durationMs: 1200,
  };
}

/** Of a run that was left while this action was asked for. */
function leftEvidence(factor: Factor, action: ChallengeAction): LivenessEvidence {
  const asked = { action, outcome: 'failed', reason: 'out_of_time', measures: {} } as const;
  return { ...someEvidence(factor, 'unavailable', 'page_gone'), actions: [asked] };
}

/** Runs of liveness and pose without a camera: a test says how they end. One run at a time, the newest one. */
export class FakeLiveness implements LivenessRuns {
  /** Why no run could pass. */
  reason: LivenessReason | undefined;
  /** Somebody stands before the camera. */
  inSight = true;
  levels: Partial<Record<Purpose, LivenessLevel>> = {};
  /** People of whom nothing is enrolled that a run compares. */
  readonly bare = new Set<string>();
  /** The run under way. */
  request: LivenessRequest | undefined;
  /** Runs begun so far. */
  runs: LivenessRequest[] = [];
  /** Prompts that the page said it shows, and asked to skip. */
  readonly shown: string[] = [];
  readonly skipped: string[] = [];
  /** What the page sees of the run under way. */
  shows: LivenessView = { phase: 'passive', progress: 0.5, skipsLeft: 0, remainingMs: 8000 };
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  levelOf(factor: Factor, purpose: Purpose): LivenessLevel {
    return factor === 'pose' ? 'full' : (this.levels[purpose] ?? (purpose === 'attend' ? 'passive' : 'full'));
  }

  whyNot(): LivenessReason | undefined {
    return this.reason;
  }

  enrolled(_factor: Factor, personId: string): boolean {
    return !this.bare.has(personId);
  }

  faceInSight(): boolean {
    return this.inSight;
  }

  ahead(_factor: Factor, level: LivenessLevel): LivenessView {
    const phase = level === 'passive' ? 'passive' : 'neutral';
    return {
      phase,
      progress: 0,
      skipsLeft: 2,
      remainingMs: 10_000,
      ...(!this.inSight && { hint: 'no_face' as const }),
    };
  }

  begin(request: LivenessRequest): RunningLiveness {
    this.request = request;
    this.runs.push(request);
    if (this.reason !== undefined) {
      const reason = this.reason;
      queueMicrotask(() => {
        if (this.request === request) this.finish('unavailable', reason);
      });
    }
    const isMine = (): boolean => this.request === request;
    return {
      view: () => this.shows,
      shown: (id) => isMine() && this.#note(this.shown, id),
      skip: (id) => isMine() && this.#note(this.skipped, id),
      stop: () => {
        if (!isMine()) return undefined;
        this.request = undefined;
        const { prompt } = this.shows;
        return prompt && resultOf(leftEvidence(request.target.factor, prompt.action), request.proven, this.#now());
      },
    };
  }

  /** The run under way ends so; nothing happens when there is none. */
  finish(state: GateState, reason?: LivenessReason): void {
    const { request } = this;
    this.request = undefined;
    if (request === undefined) return;
    const evidence = someEvidence(request.target.factor, state, reason);
    request.onEnd(resultOf(evidence, request.proven, this.#now()));
  }

  #note(list: string[], id: string): boolean {
    list.push(id);
    return true;
  }
}
