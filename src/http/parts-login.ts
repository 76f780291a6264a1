import type { Purpose } from '../domain/decision.js';
import type { SessionFacts } from '../session/session.js';
import type { EnrolmentBegun, WireEnrolmentResult, WirePhotoVerdict } from './contract.js';
import type {
  AttemptView,
  ChallengeStep,
  FactorAnswer,
  IdentityClaim,
  InvitationView,
  RegistrationRequest,
  RegistrationRules,
  ResumeRequest,
  SessionView,
  SetupState,
  Tokens,
} from './contract-login.js';
import type {
  AdminPerson,
  ContactBegun,
  CorrectionRequest,
  CorrectionRow,
  CorrectionVerdict,
  InvitationAnswer,
  NewPersonRequest,
  OwnTimes,
  PersonChangeRequest,
  PoseSetup,
  Profile,
  TotpBegun,
} from './contract-people.js';
import type { Caller } from './parts.js';

export type { SessionFacts };

/** What an opened or refreshed session gives the caller. */
export interface IssuedSession {
  readonly session: SessionView;
  readonly tokens: Tokens;
}

/** Attempts as the HTTP room drives them. An unknown id throws `attempt_over`. */
export interface AttemptDesk {
  /** @param caller an attempt at the kiosk itself may use the camera; `session`: a step-up of that session */
  begin(purpose: Purpose, caller: Caller): Promise<AttemptView>;
  view(id: string): AttemptView;
  identify(id: string, claim: IdentityClaim): Promise<AttemptView>;
  choose(id: string, index: number): Promise<AttemptView>;
  answer(id: string, answer: FactorAnswer): Promise<AttemptView>;
  sendCode(id: string, channel: string): Promise<AttemptView>;
  /** A run of liveness or pose: begin, a prompt is on the screen, another action. What is asked for no more changes nothing. */
  challenge(id: string, step: ChallengeStep): Promise<AttemptView>;
  /** Somebody types: the attempt is not left alone. Changes nothing of one that ended. */
  touch(id: string): Promise<void>;
  cancel(id: string): Promise<void>;
  /** The session that a granted attempt opened; answers once, then undefined. */
  takeSession(id: string): IssuedSession | undefined;
}

export interface SessionDesk {
  /**
   * The session of an access token; undefined for anything else.
   * @param how touch: the request counts as a sign of life of the person; the default
   */
  verify(accessToken: string, how?: { readonly touch: boolean }): Promise<SessionFacts | undefined>;
  view(sessionId: string): SessionView | undefined;
  touch(sessionId: string): void;
  /** A new pair for a refresh token; undefined for anything else. A token that was used ends its whole family. */
  refresh(refreshToken: string): Promise<IssuedSession | undefined>;
  end(sessionId: string): void;
  endAllOf(personId: string): void;
}

export interface RegistrationDesk {
  rules(): RegistrationRules;
  invitation(code: string, caller: Caller): Promise<InvitationView>;
  register(request: RegistrationRequest, caller: Caller): Promise<{ issued: IssuedSession; setup: SetupState }>;
  resume(request: ResumeRequest, caller: Caller): Promise<{ issued: IssuedSession; setup: SetupState }>;
}

/** A person's own page. Every call is about the person of the session. */
export interface OwnDesk {
  profile(personId: string): Promise<Profile>;
  times(personId: string, range: 'week' | 'month', day?: string): Promise<OwnTimes>;
  /** @param sessionId stays open; every other session of the person ends. Opens a fresh pair of tokens. */
  changePassword(session: SessionFacts, current: string | undefined, next: string): Promise<void>;
  changePin(session: SessionFacts, pin: string): Promise<void>;
  removePin(personId: string): Promise<void>;
  beginTotp(personId: string): Promise<TotpBegun>;
  confirmTotp(personId: string, code: string): Promise<void>;
  removeTotp(personId: string): Promise<void>;
  beginContact(personId: string, kind: 'phone' | 'email', destination: string): Promise<ContactBegun>;
  confirmContact(personId: string, kind: 'phone' | 'email', code: string): Promise<void>;
  removeContact(personId: string, kind: 'phone' | 'email'): Promise<void>;
  newRecoveryCodes(personId: string): Promise<readonly string[]>;
  addBadge(personId: string, badge: string, label: string): Promise<void>;
  /** False when there is none of this id. */
  removeBadge(personId: string, badgeId: string): Promise<boolean>;
  beginFace(personId: string, consent: { textVersion: string; language: string }): Promise<EnrolmentBegun>;
  addFacePhoto(personId: string, id: string, picture: Uint8Array): Promise<WirePhotoVerdict>;
  commitFace(personId: string, id: string): Promise<WireEnrolmentResult>;
  cancelFace(personId: string, id: string): Promise<void>;
  /** Withdraws the consent: everything computed from the face is deleted. */
  removeFace(personId: string): Promise<void>;
  beginPose(personId: string, consent: { textVersion: string; language: string }): Promise<PoseSetup>;
  poseSetup(personId: string, id: string): Promise<PoseSetup>;
  /** Begins a take; the newest one wins. The signature is stored by the last take that counts. */
  takePose(personId: string, id: string): Promise<PoseSetup>;
  cancelPose(personId: string, id: string): Promise<void>;
  removePose(personId: string): Promise<void>;
  corrections(personId: string): Promise<readonly CorrectionRow[]>;
  requestCorrection(personId: string, request: CorrectionRequest): Promise<CorrectionRow>;
}

/** Administration of people. `by`: the person of the session, absent for the admin code. */
export interface PeopleDesk {
  list(): Promise<readonly AdminPerson[]>;
  add(person: NewPersonRequest, by: string | undefined): Promise<{ id: string; invitation: InvitationAnswer }>;
  change(id: string, change: PersonChangeRequest, by: string | undefined): Promise<void>;
  invite(id: string, kind: 'register' | 'reset', by: string | undefined): Promise<InvitationAnswer>;
  unlock(id: string, by: string | undefined): Promise<void>;
  /** Removes the person with templates, credentials and sessions. False when there is nobody of this id. */
  remove(id: string): Promise<boolean>;
  addBadge(id: string, badge: string, label: string): Promise<void>;
  removeBadge(id: string, badgeId: string): Promise<boolean>;
  corrections(): Promise<readonly CorrectionRow[]>;
  judgeCorrection(id: string, verdict: CorrectionVerdict, by: string | undefined): Promise<CorrectionRow>;
}

/** What the login terminal adds to the HTTP room. */
export interface LoginParts {
  readonly attempts: AttemptDesk;
  readonly sessions: SessionDesk;
  readonly registration: RegistrationDesk;
  readonly own: OwnDesk;
  readonly administration: PeopleDesk;
}
