import type { Decision, Purpose } from '../domain/decision.js';
import type { FactorKind, FactorResult } from '../domain/factor.js';
import type { GuidanceCode } from '../domain/guidance.js';
import type { Person } from '../domain/person.js';
import type { Policy } from '../domain/policy.js';
import type { Judgement } from '../domain/regulation.js';
import type { Role } from '../domain/role.js';
import type { PersonCredentials } from '../people/credentials.js';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';
import type { OtpChoice, OtpView } from './attempt-view.js';
import type { LivenessRuns } from './liveness-runs.js';

/** Who begins an attempt. Only loopback is the kiosk itself, with its camera. */
export interface AttemptCaller {
  readonly from: 'loopback' | 'origin' | 'lan';
  readonly admin: boolean;
  /** The caller's session: the attempt is about its person, who proves himself again. */
  readonly session?: { readonly sessionId: string; readonly personId: string; readonly purpose: string };
}

/** Somebody says who he is; `userName` as it was typed. */
export type IdentityClaim = { readonly userName: string } | { readonly badge: string };

export type FactorAnswer =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'pin'; readonly pin: string }
  | { readonly kind: 'badge'; readonly badge: string }
  | { readonly kind: 'otp'; readonly code: string };

/** What the page says to a run of liveness or pose: begin, this prompt or colour is on the screen, another action please. */
export type ChallengeStep =
  | { readonly do: 'start' }
  | { readonly do: 'shown'; readonly id: string }
  | { readonly do: 'skip'; readonly id: string };

/** What a granted login or admin attempt opens. */
export interface SessionOrder {
  readonly personId: string;
  readonly role: Role;
  readonly purpose: 'login' | 'admin';
  readonly amr: readonly string[];
  readonly place: 'kiosk' | 'remote';
  readonly name: string;
}

type Send =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'refused';
      readonly message: 'code_not_sent' | 'code_too_soon' | 'code_limit';
      readonly waitMs?: number;
    };

/** The one-time codes as attempts use them; `key` is the attempt's id. */
export interface AttemptCodes {
  choices(personId: string | undefined, proven: boolean): readonly OtpChoice[];
  send(key: string, personId: string | undefined, channelId: string, proven: boolean): Promise<Send>;
  state(key: string, proven: boolean): OtpView['sent'] | undefined;
  check(
    key: string,
    personId: string | undefined,
    code: string,
  ): Promise<{ readonly result: FactorResult; readonly message?: 'code_wrong' | 'code_expired' }>;
  forget(key: string): void;
}

/** The face as attempts use it. One watch at a time; its result comes once, never from inside `watch`. */
export interface AttemptFaces {
  /** Whether faces can be measured at all, whoever is meant. */
  ready(): boolean;
  /** Whether a watch could pass; without an id a search among all. An id that nobody has counts as available. */
  available(personId: string | undefined): boolean;
  watch(request: {
    readonly personId?: string;
    onResult(result: FactorResult, personId?: string): void;
    onGuidance(code?: GuidanceCode): void;
  }): { stop(): void };
}

/** What attempts work with. `Issued`: a session and its tokens as they are handed out. */
export interface AttemptsParts<Issued> {
  readonly clock: Clock;
  readonly random: Random;
  readonly people: { find(id: string): Person | undefined };
  readonly credentials: {
    of(personId: string): PersonCredentials | undefined;
    withUserName(userName: string): string | undefined;
  };
  readonly policy: Policy;
  readonly regulation: {
    /** Work about one subject takes turns, wherever its answers come from. */
    inTurn<T>(subject: string, work: () => Promise<T>): Promise<T>;
    judge(subject: string, factor: FactorKind): Judgement;
    failed(subject: string, factor: FactorKind): Promise<unknown>;
    passed(subject: string, factor: FactorKind): Promise<void>;
  };
  readonly passwords: { verify(personId: string | undefined, plain: string): Promise<FactorResult> };
  readonly pins: { verify(personId: string | undefined, pin: string): Promise<FactorResult> };
  readonly badges: {
    owner(badge: string): string | undefined;
    verify(personId: string | undefined, badge: string): FactorResult;
  };
  readonly codes: AttemptCodes;
  readonly faces: AttemptFaces;
  readonly liveness: LivenessRuns;
  readonly decisions: { add(decision: Decision): Promise<unknown> };
  readonly sessions: {
    open(order: SessionOrder): Promise<Issued>;
    /** The person of a session proved himself again. False when the session is over. */
    stepUp(sessionId: string, amr: readonly string[]): boolean;
  };
  /** Records the punch of a granted decision for `attend`, its journal entry included. */
  admit(decision: Decision): Promise<void>;
  /** False while something of the person's registration is missing; absent: everybody may log in. */
  readonly mayLogin?: (personId: string) => boolean;
  /** IANA time zone of the policy's hours. */
  readonly zone: string;
  /** Secret of this kiosk that outlives a restart: names the subjects of unknown names. 32 bytes. */
  readonly subjectKey: Uint8Array;
  readonly onFault: (fault: Error) => void;
}

/** Purposes that only somebody at the kiosk itself can reach. */
export const KIOSK_PURPOSES: readonly Purpose[] = ['attend', 'door'];
