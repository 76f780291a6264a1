import type { Purpose } from '../../src/domain/decision.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { FactorKind } from '../../src/domain/factor.js';
import type { GuidanceCode } from '../../src/domain/guidance.js';
import type { LivenessReason } from '../../src/domain/liveness/gate.js';
import type {
  AttemptMessage,
  AttemptView,
  ChallengeStep,
  FactorAnswer,
  IdentityClaim,
  LivenessShown,
  OtpView,
} from '../../src/http/contract-login.js';
import type { Caller } from '../../src/http/parts.js';
import type { AttemptDesk, IssuedSession } from '../../src/http/parts-login.js';
import type { FakePerson } from './fake-people.js';
import type { FakeSessions } from './fake-sessions.js';

/** Channels over which nothing is sent: no code of theirs is ever `sent`. */
const AT_HAND = ['totp', 'recovery'];

type Alternatives = readonly (readonly (readonly FactorKind[])[])[];
type Message = { readonly code: AttemptMessage; readonly waitMs?: number; readonly detail?: LivenessReason };

interface Running {
  readonly id: string;
  readonly purpose: Purpose;
  readonly caller: Caller;
  userName?: string;
  person?: FakePerson;
  chosen: number;
  identified: boolean;
  /** Right answers so far. */
  readonly passed: Set<FactorKind>;
  /** Answers of a step that is gathered together: right or wrong. */
  readonly held: Map<FactorKind, boolean>;
  outcome?: 'granted' | 'denied';
  message?: Message;
  waitUntil: number;
  guidance?: GuidanceCode;
  sent?: { readonly channel: string; at: number; resends: number; tries: number };
  /** Turned to a code that is not sent, as `OneTimeCodes` notes it. */
  turnedAway?: boolean;
  live?: LivenessShown;
  touchedAt: number;
  issued?: IssuedSession;
}

/**
 * An attempt machine for tests of pages and routes: one policy for everybody, a wrong answer can be repeated at once.
 * What a test wants to happen from outside (lock, face, guidance) it says by the methods after `cancel`.
 */
export class FakeAttempts implements AttemptDesk {
  alternatives: Record<Purpose, Alternatives> = {
    attend: [[['face']], [['badge'], ['pin']], [['pin']], [['password']]],
    login: [
      [['password'], ['otp']],
      [['password'], ['face']],
      [['badge'], ['pin'], ['otp']],
    ],
    door: [[['badge'], ['pin']]],
    admin: [[['password'], ['otp']]],
  };
  channels: OtpView['choices'] = [
    { id: 'totp', channel: 'totp' },
    { id: 'twilio-verify-sms', channel: 'sms', destination: '+49 ••• •••• 321' },
    { id: 'recovery', channel: 'recovery' },
  ];
  lifeMs = 300_000;
  resendMs: readonly number[] = [30_000, 40_000, 60_000, 90_000, 120_000];
  idleMs = 60_000;
  /** With a session: opens another one instead of making that one fresh. */
  reopens = false;
  /** Codes that were asked for, as attempt id and channel. */
  readonly sends: { readonly id: string; readonly channel: string }[] = [];
  /** What the next answer says instead of being looked at. */
  nextMessage: Message | undefined;
  /** Attempts that somebody touched, oldest first. */
  readonly touches: string[] = [];
  /** What the page said to challenges, oldest first. */
  readonly challenges: { readonly id: string; readonly step: ChallengeStep }[] = [];
  /** How often each attempt was looked at. */
  readonly views = new Map<string, number>();
  /** Which gates liveness needs here. */
  level: LivenessShown['level'] = 'full';
  /** Where each attempt came from. */
  readonly begun: { readonly id: string; readonly purpose: Purpose; readonly caller: Caller }[] = [];
  /** A granted attend attempt. */
  onAttend: (person: FakePerson) => void = () => {};
  readonly #people: () => readonly FakePerson[];
  readonly #sessions: FakeSessions;
  readonly #now: () => number;
  readonly #running = new Map<string, Running>();

  constructor(parts: { people: () => readonly FakePerson[]; sessions: FakeSessions; now: () => number }) {
    this.#people = parts.people;
    this.#sessions = parts.sessions;
    this.#now = parts.now;
  }

  async begin(purpose: Purpose, caller: Caller): Promise<AttemptView> {
    const id = `attempt-${this.begun.length + 1}`;
    this.begun.push({ id, purpose, caller });
    const attempt: Running = {
      id,
      purpose,
      caller,
      chosen: 0,
      identified: false,
      passed: new Set(),
      held: new Map(),
      waitUntil: 0,
      touchedAt: this.#now(),
    };
    if (caller.session !== undefined && !this.reopens) {
      const person = this.#people().find((one) => one.id === caller.session?.personId);
      if (person !== undefined) this.#identify(attempt, person, person.userName);
    }
    this.#running.set(id, attempt);
    return this.#view(attempt);
  }

  view(id: string): AttemptView {
    this.views.set(id, (this.views.get(id) ?? 0) + 1);
    return this.#view(this.#find(id));
  }

  async identify(id: string, claim: IdentityClaim): Promise<AttemptView> {
    const attempt = this.#find(id);
    if ('userName' in claim) {
      const person = this.#people().find((one) => one.active && one.userName === claim.userName.toLowerCase());
      this.#identify(attempt, person, claim.userName);
    } else {
      const person = this.#ownerOf(claim.badge);
      this.#identify(attempt, person, undefined);
      attempt.chosen = Math.max(
        0,
        this.alternatives[attempt.purpose].findIndex((steps) => steps[0]?.includes('badge')),
      );
      if (person !== undefined) this.#given(attempt, 'badge', true);
    }
    return this.#view(attempt);
  }

  async choose(id: string, index: number): Promise<AttemptView> {
    const attempt = this.#find(id);
    if (index >= this.alternatives[attempt.purpose].length)
      throw new VestibuleError('input_invalid', 'There is no such way.');
    attempt.chosen = index;
    attempt.held.clear();
    delete attempt.message;
    return this.#view(attempt);
  }

  async answer(id: string, answer: FactorAnswer): Promise<AttemptView> {
    const attempt = this.#find(id);
    delete attempt.message;
    if (this.nextMessage !== undefined) {
      attempt.message = this.nextMessage;
      this.nextMessage = undefined;
    } else if (attempt.waitUntil > this.#now())
      attempt.message = { code: 'wait', waitMs: attempt.waitUntil - this.#now() };
    else this.#given(attempt, answer.kind, this.#isRight(attempt, answer));
    return this.#view(attempt);
  }

  async sendCode(id: string, channel: string): Promise<AttemptView> {
    const attempt = this.#find(id);
    delete attempt.message;
    attempt.turnedAway = AT_HAND.includes(channel);
    const resendInMs = this.#resendIn(attempt);
    if (attempt.turnedAway) this.sends.push({ id, channel });
    else if (resendInMs > 0) attempt.message = { code: 'code_too_soon', waitMs: resendInMs };
    else {
      this.sends.push({ id, channel });
      attempt.sent = { channel, at: this.#now(), resends: (attempt.sent?.resends ?? -1) + 1, tries: 5 };
    }
    return this.#view(attempt);
  }

  async touch(id: string): Promise<void> {
    this.#find(id).touchedAt = this.#now();
    this.touches.push(id);
  }

  /** A run begins; what is seen in it a test says by `showLive`. */
  async challenge(id: string, step: ChallengeStep): Promise<AttemptView> {
    const attempt = this.#find(id);
    this.challenges.push({ id, step });
    const live = this.#live(attempt);
    if (step.do === 'start' && live !== undefined) {
      delete attempt.message;
      attempt.live = { ...live, state: 'running' };
    }
    if (step.do === 'skip' && live?.prompt?.id === step.id) {
      const { prompt: _prompt, ...rest } = live;
      attempt.live = { ...rest, phase: 'neutral', skipsLeft: live.skipsLeft - 1 };
    }
    return this.#view(attempt);
  }

  async cancel(id: string): Promise<void> {
    this.#running.delete(id);
  }

  takeSession(id: string): IssuedSession | undefined {
    const attempt = this.#running.get(id);
    const issued = attempt?.issued;
    if (attempt !== undefined) delete attempt.issued;
    return issued;
  }

  /** The camera saw the person's face (or the face of the person named). */
  seeFace(id: string, person: FakePerson): void {
    const attempt = this.#find(id);
    if (!attempt.identified) this.#identify(attempt, person, undefined);
    this.#given(attempt, 'face', attempt.person === person);
  }

  /** What the run of an attempt shows from now on. */
  showLive(id: string, change: Partial<LivenessShown>): void {
    const attempt = this.#find(id);
    const { prompt: _prompt, light: _light, hint: _hint, ...kept } = this.#live(attempt) ?? quietRun();
    attempt.live = { ...kept, ...change };
  }

  /** The run ended. @param detail why it did not pass; without it it passed */
  endLive(id: string, detail?: LivenessReason): void {
    const attempt = this.#find(id);
    const kind = this.#live(attempt)?.factor ?? 'liveness';
    delete attempt.live;
    this.#given(attempt, kind, detail === undefined);
    if (detail !== undefined) attempt.message = { code: 'not_live', detail };
  }

  guide(id: string, guidance: GuidanceCode | undefined): void {
    const attempt = this.#find(id);
    if (guidance === undefined) delete attempt.guidance;
    else attempt.guidance = guidance;
  }

  /** Answers are refused for so long. */
  hold(id: string, waitMs: number): void {
    this.#find(id).waitUntil = this.#now() + waitMs;
  }

  deny(id: string): void {
    this.#find(id).outcome = 'denied';
  }

  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  #find(id: string): Running {
    const attempt = this.#running.get(id);
    if (attempt === undefined || attempt.touchedAt + this.idleMs <= this.#now()) {
      this.#running.delete(id);
      throw new VestibuleError('attempt_over', 'The attempt is over.');
    }
    return attempt;
  }

  #ownerOf(badge: string): FakePerson | undefined {
    return this.#people().find((one) => one.active && one.badges.some((b) => b.badge === badge));
  }

  #identify(attempt: Running, person: FakePerson | undefined, userName: string | undefined): void {
    attempt.identified = true;
    attempt.touchedAt = this.#now();
    if (person !== undefined) attempt.person = person;
    if (userName !== undefined) attempt.userName = userName;
  }

  #isRight(attempt: Running, answer: FactorAnswer): boolean {
    const { person } = attempt;
    if (answer.kind === 'badge') return person !== undefined && this.#ownerOf(answer.badge) === person;
    if (answer.kind === 'password') return person?.password === answer.password;
    if (answer.kind === 'pin') return person?.pin === answer.pin;
    return person?.code === answer.code;
  }

  #given(attempt: Running, kind: FactorKind, right: boolean): void {
    attempt.touchedAt = this.#now();
    const steps = this.alternatives[attempt.purpose][attempt.chosen]!;
    const step = steps.find((one) => one.some((factor) => !attempt.passed.has(factor)));
    if (step === undefined || !step.includes(kind)) {
      // Seen before it was asked for: counts when its turn comes.
      if (right) attempt.passed.add(kind);
      this.#finish(attempt);
      return;
    }
    attempt.held.set(kind, right);
    const open = step.filter((factor) => !attempt.passed.has(factor));
    if (!open.every((factor) => attempt.held.has(factor))) return;
    const all = open.every((factor) => attempt.held.get(factor) === true);
    attempt.held.clear();
    if (all) for (const factor of open) attempt.passed.add(factor);
    else {
      const sent = step.includes('otp') ? attempt.sent : undefined;
      if (sent !== undefined) sent.tries = Math.max(0, sent.tries - 1);
      attempt.message = { code: step.includes('otp') && step.length === 1 ? 'code_wrong' : 'not_right' };
    }
    this.#finish(attempt);
  }

  #finish(attempt: Running): void {
    const { person, purpose } = attempt;
    const steps = this.alternatives[purpose][attempt.chosen]!;
    if (person === undefined || !steps.flat().every((factor) => attempt.passed.has(factor))) return;
    attempt.outcome = 'granted';
    if (purpose === 'attend') this.onAttend(person);
    if (purpose !== 'login' && purpose !== 'admin') return;
    if (attempt.caller.session !== undefined && !this.reopens) this.#sessions.stepUp(attempt.caller.session.sessionId);
    else attempt.issued = this.#sessions.issue(person, purpose, { amr: [...attempt.passed].map(amrOf) });
  }

  #resendIn(attempt: Running): number {
    if (attempt.sent === undefined) return 0;
    const delay = this.resendMs[Math.min(attempt.sent.resends, this.resendMs.length - 1)]!;
    return Math.max(0, attempt.sent.at + delay - this.#now());
  }

  #view(attempt: Running): AttemptView {
    const { purpose, person, outcome } = attempt;
    const alternatives = this.alternatives[purpose];
    const steps = alternatives[attempt.chosen]!;
    const phase = outcome ?? (attempt.identified ? 'factors' : 'identify');
    const current = steps.findIndex((step) => step.some((factor) => !attempt.passed.has(factor)));
    const asksCode = phase === 'factors' && steps[current]?.includes('otp') === true;
    const proven = attempt.passed.size > 0;
    const live = this.#live(attempt);
    return {
      id: attempt.id,
      purpose,
      phase,
      ...(attempt.userName !== undefined && { userName: attempt.userName }),
      ...(person !== undefined &&
        (proven || outcome === 'granted') && { person: { id: person.id, name: person.name } }),
      identifyBy: phase === 'identify' ? ['name', 'badge', 'face'] : [],
      alternatives,
      chosen: attempt.chosen,
      steps: steps.map((step, index) => ({
        state: current === -1 || index < current ? 'passed' : index === current ? 'current' : 'waiting',
        factors: step.map((kind) => ({
          kind,
          state: attempt.passed.has(kind) ? 'passed' : attempt.held.has(kind) ? 'given' : 'waiting',
        })),
      })),
      ...(asksCode && { otp: this.#otp(attempt, proven) }),
      ...(attempt.guidance !== undefined && { guidance: attempt.guidance }),
      ...(live !== undefined && { live }),
      ...(attempt.message !== undefined && { message: attempt.message }),
      expiresInMs: Math.max(0, attempt.touchedAt + this.idleMs - this.#now()),
      ...(outcome === 'denied' && { reason: 'not_permitted' }),
      ...(outcome === 'granted' &&
        person !== undefined &&
        (purpose === 'login' || purpose === 'admin') && {
          session: { purpose, person: { id: person.id, name: person.name }, role: person.role },
        }),
    };
  }

  #live(attempt: Running): LivenessShown | undefined {
    const steps = this.alternatives[attempt.purpose][attempt.chosen]!;
    const step = steps.find((one) => one.some((factor) => !attempt.passed.has(factor)));
    const factor = (['liveness', 'pose'] as const).find((one) => step?.includes(one) && !attempt.passed.has(one));
    if (factor === undefined || !attempt.identified || attempt.outcome !== undefined) return undefined;
    return { ...(attempt.live ?? { ...quietRun(), level: this.level }), factor };
  }

  #otp(attempt: Running, proven: boolean): OtpView {
    const shown = this.channels.map(({ destination, ...rest }) =>
      proven && destination !== undefined ? { ...rest, destination } : rest,
    );
    const { sent } = attempt;
    const choice = shown.find(({ id }) => id === sent?.channel);
    if (sent === undefined || choice === undefined || attempt.turnedAway) return { choices: shown };
    return {
      choices: shown,
      sent: {
        ...choice,
        expiresInMs: Math.max(0, sent.at + this.lifeMs - this.#now()),
        resendInMs: this.#resendIn(attempt),
        triesLeft: sent.tries,
      },
    };
  }
}

/** A run that waits for its start. */
function quietRun(): LivenessShown {
  return {
    factor: 'liveness',
    state: 'ready',
    level: 'full',
    phase: 'neutral',
    progress: 0,
    skipsLeft: 2,
    remainingMs: 20_000,
  };
}

function amrOf(kind: FactorKind): string {
  const names: Partial<Record<FactorKind, string>> = { password: 'pwd', badge: 'hwk' };
  return names[kind] ?? kind;
}
