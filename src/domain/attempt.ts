import type { Purpose } from './decision.js';
import type { FactorKind, FactorResult } from './factor.js';
import type { LivenessReason } from './liveness/gate.js';
import type { Alternative } from './policy.js';
import type { Reason } from './reason.js';

/** At the kiosk's own screen, or at another browser or program on the network. */
export type Place = 'kiosk' | 'remote';

/** Who the attempt is about. `unknown`: a name or badge that nobody has; it goes the same way as a known one. */
export type AttemptIdentity =
  | { readonly kind: 'none' }
  /** `session`: the person of an open session, who proves himself again. */
  | { readonly kind: 'person'; readonly personId: string; readonly by: 'name' | 'badge' | 'face' | 'session' }
  /** `subject` counts wrong answers; `personId`: somebody who may not come in any more, for the record only. */
  | {
      readonly kind: 'unknown';
      readonly subject: string;
      readonly by: 'name' | 'badge';
      readonly personId?: string;
    };

/** Why the last answer did not help; no word tells wrong, unknown and mismatching apart. */
export type AttemptMessageCode =
  | 'not_right'
  | 'wait'
  | 'locked'
  | 'code_wrong'
  | 'code_expired'
  | 'code_not_sent'
  | 'code_too_soon'
  | 'code_limit'
  | 'face_not_seen'
  | 'not_live'
  | 'unavailable'
  | 'busy';

/** `until`: monotonic ms. */
export interface AttemptMessage {
  readonly code: AttemptMessageCode;
  /** Why liveness or pose did not pass, as far as it says nothing about a name. */
  readonly detail?: LivenessReason;
  readonly until?: number;
}

/** One try to reach a purpose. Changed only by `reduce`; all times are monotonic ms. */
export interface Attempt {
  /** 128 random bits, base64url: whoever knows it drives the attempt. Never logged. */
  readonly id: string;
  readonly purpose: Purpose;
  readonly place: Place;
  readonly startedAt: number;
  readonly lastAt: number;
  /** A code is on its way, or a challenge runs: until then nobody is taken for gone. */
  readonly waitsUntil?: number;
  readonly identity: AttemptIdentity;
  /** What the policy asks of anybody at this time, the same for every name. */
  readonly offered: readonly Alternative[];
  /** What is shown: `offered`, and from the first factor that passed on `own`. */
  readonly alternatives: readonly Alternative[];
  /** What the policy asks of the person named; only these grant anything. Empty for nobody and unknown names. */
  readonly own: readonly Alternative[];
  /** Index of the alternative that is gone through. */
  readonly chosen: number;
  /** Somebody picked the alternative; it is not changed for him. */
  readonly chosenByHand: boolean;
  /** Factors that passed, and whoever stands there may know it. */
  readonly results: ReadonlyMap<FactorKind, FactorResult>;
  /** Answers of a step that is not complete, and a face seen early: nobody may know whether they are right. */
  readonly given: ReadonlyMap<FactorKind, FactorResult>;
  /** Every result in order, for the decision. */
  readonly history: readonly FactorResult[];
  readonly message?: AttemptMessage;
  readonly outcome?: { readonly kind: 'granted' | 'denied'; readonly reason: Reason };
}

/** Whether a factor may be tried now by this subject; `until`: monotonic ms. */
export type Standing = { readonly kind: 'open' | 'locked' } | { readonly kind: 'wait'; readonly until: number };

/** What happened. `at`: monotonic ms. */
export type AttemptEvent =
  /** Somebody said who he is. `badge`: the badge that said so. */
  | {
      readonly kind: 'identified';
      readonly identity: Exclude<AttemptIdentity, { kind: 'none' }>;
      readonly own: readonly Alternative[];
      readonly badge?: FactorResult;
      readonly at: number;
    }
  | { readonly kind: 'chosen'; readonly index: number; readonly at: number }
  /** An answer was verified. `message`: a closer word for a code that failed. */
  | {
      readonly kind: 'answered';
      readonly result: FactorResult;
      readonly message?: 'code_wrong' | 'code_expired';
      /** Liveness and pose: what was measured; a result about anything else than what is wanted now says nothing. */
      readonly target?: LivenessTarget;
      readonly at: number;
    }
  /** The camera had a result. `personId` and `own`: whom it found, while nobody was named. */
  | {
      readonly kind: 'face';
      readonly result: FactorResult;
      readonly personId?: string;
      readonly own?: readonly Alternative[];
      readonly at: number;
    }
  /** What the regulation says of every factor that could be asked for. */
  | { readonly kind: 'judged'; readonly standings: ReadonlyMap<FactorKind, Standing>; readonly at: number }
  /** A code was sent, or not. */
  | { readonly kind: 'code'; readonly message?: AttemptMessage; readonly at: number }
  /** Somebody types, or presses keys: the attempt is not left alone. `until`: he does what the screen asks until then. */
  | { readonly kind: 'touched'; readonly until?: number; readonly at: number }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'cancelled'; readonly at: number };

/** Whom the camera looks for: anybody, one person, or nobody (a name that must not be told from a known one). */
export type FaceTarget = { readonly kind: 'anybody' } | NamedTarget;
type NamedTarget = { readonly kind: 'nobody' } | { readonly kind: 'person'; readonly personId: string };

/** Which of liveness and pose is wanted now, and whose face it has to be. */
export interface LivenessTarget {
  readonly factor: 'liveness' | 'pose';
  /** `nobody`: a name that must not be told from a known one. */
  readonly who: NamedTarget;
  /** Some alternative asks for this factor and the face: it has to be the face of the person named. */
  readonly bound: boolean;
}

/** What has to be done; carried out in this order by auth/attempts. */
export type AttemptEffect =
  /** Wrong answers to count, durably, before anybody hears of them. */
  | { readonly kind: 'count'; readonly factors: readonly FactorKind[] }
  /** Right answers: the counts of these factors begin anew. */
  | { readonly kind: 'clear'; readonly factors: readonly FactorKind[] }
  | { readonly kind: 'watchFace'; readonly target: FaceTarget }
  | { readonly kind: 'stopFace' }
  /** The end: to be recorded before anything opens. */
  | { readonly kind: 'decide'; readonly outcome: 'granted' | 'denied'; readonly reason: Reason }
  | { readonly kind: 'record' }
  | { readonly kind: 'openSession'; readonly purpose: 'login' | 'admin' }
  | { readonly kind: 'openDoor' };

export interface AttemptRules {
  /** An attempt that nobody touches for so long ends. */
  readonly idleMs: number;
  /** An attempt ends after this time whatever happens. */
  readonly lifeMs: number;
  /** Whether a factor can work here and now; only for the order of what is offered. */
  usable(kind: FactorKind): boolean;
  /** Why it cannot, as far as liveness says so. */
  whyNot?(kind: FactorKind): LivenessReason | undefined;
  /** Why this person may not reach this purpose although every factor passed. */
  refusal(personId: string, purpose: Purpose): Reason | undefined;
}
