import type { Attempt, AttemptMessageCode } from '../domain/attempt.js';
import { isLive } from '../domain/attempt-live.js';
import { chosenAlternative, deadline, faceTarget, isProven, wantedFactors } from '../domain/attempt-steps.js';
import type { Purpose } from '../domain/decision.js';
import { type FactorKind, isBiometric, type OtpChannel } from '../domain/factor.js';
import type { GuidanceCode } from '../domain/guidance.js';
import type { LivenessReason } from '../domain/liveness/gate.js';
import type { ShownPerson } from '../domain/moment.js';
import { type Alternative, factorsOf } from '../domain/policy.js';
import type { Role } from '../domain/role.js';
import type { LivenessShown } from './attempt-liveness.js';

export interface OtpChoice {
  readonly id: string;
  readonly channel: OtpChannel;
  readonly destination?: string;
}

export interface OtpView {
  readonly choices: readonly OtpChoice[];
  readonly sent?: {
    readonly id: string;
    readonly channel: OtpChannel;
    readonly destination?: string;
    readonly expiresInMs: number;
    readonly resendInMs: number;
    readonly triesLeft: number;
    readonly demoCode?: string;
  };
}

export interface StepView {
  readonly factors: readonly {
    readonly kind: FactorKind;
    readonly state: 'waiting' | 'given' | 'passed' | 'unavailable';
  }[];
  readonly state: 'waiting' | 'current' | 'passed';
}

/** What an attempt shows. The HTTP contract has the same form (attemptViewSchema). */
export interface AttemptView {
  readonly id: string;
  readonly purpose: Purpose;
  readonly phase: 'identify' | 'factors' | 'granted' | 'denied';
  readonly userName?: string;
  readonly person?: ShownPerson;
  readonly identifyBy: readonly ('name' | 'badge' | 'face')[];
  readonly alternatives: readonly Alternative[];
  readonly chosen: number;
  readonly steps: readonly StepView[];
  readonly otp?: OtpView;
  readonly guidance?: GuidanceCode;
  readonly live?: LivenessShown;
  readonly message?: {
    readonly code: AttemptMessageCode;
    readonly waitMs?: number;
    readonly detail?: LivenessReason;
  };
  readonly expiresInMs: number;
  readonly reason?: string;
  readonly session?: { readonly purpose: 'login' | 'admin'; readonly person: ShownPerson; readonly role: Role };
}

/** What a view shows beside the attempt itself. */
export interface ViewFacts {
  /** Monotonic ms. */
  readonly now: number;
  readonly idleMs: number;
  readonly lifeMs: number;
  /** As it was typed. */
  readonly userName?: string | undefined;
  readonly guidance?: GuidanceCode | undefined;
  readonly session?: AttemptView['session'] | undefined;
  shown(personId: string): ShownPerson | undefined;
  usable(kind: FactorKind): boolean;
  /** The run that is asked for. */
  live(): LivenessShown | undefined;
  otp(): OtpView;
}

/** What may be shown of an attempt: nothing that tells a known name from an unknown one before a factor passed. */
export function viewOf(attempt: Attempt, facts: ViewFacts): AttemptView {
  const { id, purpose, identity, outcome, alternatives, chosen } = attempt;
  const open = outcome === undefined;
  const wanted = open ? wantedFactors(attempt) : [];
  const shown = isProven(attempt) && identity.kind === 'person' ? facts.shown(identity.personId) : undefined;
  const looking = open && faceTarget(attempt) !== undefined && (identity.kind === 'none' || wanted.includes('face'));
  const asksForCode = open && identity.kind !== 'none' && wanted.includes('otp');
  const live = open && wanted.some(isLive) ? facts.live() : undefined;
  const message = open ? messageView(attempt, facts.now) : undefined;
  return {
    id,
    purpose,
    phase: outcome?.kind ?? (identity.kind === 'none' ? 'identify' : 'factors'),
    ...(open && facts.userName !== undefined && { userName: facts.userName }),
    ...(shown && { person: shown }),
    identifyBy: open && identity.kind === 'none' ? identifyBy(attempt, facts) : [],
    alternatives,
    chosen,
    steps: stepsOf(attempt, facts),
    ...(asksForCode && { otp: facts.otp() }),
    ...(looking && facts.guidance !== undefined && { guidance: facts.guidance }),
    ...(live && { live }),
    ...(message && { message }),
    expiresInMs: open ? Math.max(0, Math.round(deadline(attempt, facts) - facts.now)) : 0,
    ...(outcome?.kind === 'denied' && { reason: outcome.reason }),
    ...(outcome?.kind === 'granted' && facts.session && { session: facts.session }),
  };
}

function messageView({ message }: Attempt, now: number): AttemptView['message'] {
  if (message === undefined) return undefined;
  const { code, detail } = message;
  if (message.until === undefined) return { code, ...(detail && { detail }) };
  // A wait that is over is no news.
  if (message.until <= now) return undefined;
  return { code, waitMs: Math.ceil(message.until - now) };
}

function identifyBy(attempt: Attempt, facts: ViewFacts): AttemptView['identifyBy'] {
  const kinds = attempt.alternatives.map(factorsOf);
  const named = kinds.some((factors) => !factors.includes('badge') && factors.some((kind) => !isBiometric(kind)));
  return [
    ...(named ? (['name'] as const) : []),
    ...(kinds.some((factors) => factors.includes('badge')) ? (['badge'] as const) : []),
    ...(faceTarget(attempt) !== undefined && facts.usable('face') ? (['face'] as const) : []),
  ];
}

function stepsOf(attempt: Attempt, facts: ViewFacts): readonly StepView[] {
  const steps = chosenAlternative(attempt) ?? [];
  const wanted = attempt.outcome === undefined ? wantedFactors(attempt) : [];
  const current = steps.findIndex((step) => step.some((kind) => wanted.includes(kind)));
  return steps.map((step, index) => {
    const isPassed = step.every((kind) => attempt.results.has(kind)) || index < current;
    // What was given early for a later step stays unsaid.
    const isGiven = (kind: FactorKind): boolean => index <= current && attempt.given.has(kind);
    const factors = step.map((kind) => {
      const usable = attempt.outcome !== undefined || facts.usable(kind);
      const open = usable ? 'waiting' : 'unavailable';
      return { kind, state: attempt.results.has(kind) ? 'passed' : isGiven(kind) ? 'given' : open } as const;
    });
    return { factors, state: isPassed ? 'passed' : index === current ? 'current' : 'waiting' };
  });
}
