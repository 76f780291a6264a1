import type { AttemptIdentity } from '../domain/attempt.js';
import { isProven, personOf, subjectOf, wantedFactors } from '../domain/attempt-steps.js';
import type { Decision, Purpose } from '../domain/decision.js';
import { VestibuleError } from '../domain/errors.js';
import type { FactorKind, FactorResult } from '../domain/factor.js';
import type { Alternative } from '../domain/policy.js';
import {
  type AttemptCaller,
  type AttemptsParts,
  type ChallengeStep,
  type FactorAnswer,
  type IdentityClaim,
  KIOSK_PURPOSES,
} from './attempt-parts.js';
import { alternativesOf } from './attempt-policy.js';
import { isBarred, standingOf } from './attempt-standing.js';
import { type AttemptView, viewOf } from './attempt-view.js';
import type { OpenAttempt } from './open-attempt.js';
import { ATTEMPT_TIMES, OpenAttempts } from './open-attempts.js';
import { unknownSubject } from './subject.js';

/**
 * The attempts of the login terminal as pages and programs drive them: says who, picks a way, answers, asks for codes.
 * What happens is decided by the pure machine (domain/attempt-reduce) and carried out by `OpenAttempts`.
 */
export class Attempts<Issued> {
  readonly #parts: AttemptsParts<Issued>;
  readonly #open: OpenAttempts<Issued>;

  constructor(parts: AttemptsParts<Issued>) {
    this.#parts = parts;
    this.#open = new OpenAttempts(parts);
  }

  /**
   * @throws VestibuleError `busy` (too many are open), `input_invalid` (attendance or door from elsewhere)
   */
  async begin(purpose: Purpose, caller: AttemptCaller): Promise<AttemptView> {
    const place = caller.from === 'loopback' ? 'kiosk' : 'remote';
    if (place === 'remote' && KIOSK_PURPOSES.includes(purpose))
      throw new VestibuleError('input_invalid', 'Attendance and doors work at the kiosk itself only. Go there.');
    const entry = await this.#open.begin(purpose, place, caller.session);
    return this.view(entry.attempt.id);
  }

  /** @throws VestibuleError `attempt_over` */
  view(id: string): AttemptView {
    const { attempt, userName, guidance, opened, rules } = this.#open.find(id);
    const { clock, people, codes } = this.#parts;
    const personId = personOf(attempt);
    return viewOf(attempt, {
      ...ATTEMPT_TIMES,
      now: clock.mono(),
      userName,
      guidance,
      session: opened.session,
      usable: rules.usable,
      live: () => this.#open.live(id),
      shown: (one) => {
        const person = people.find(one);
        return person && { id: person.id, name: person.name };
      },
      otp: () => {
        const sent = codes.state(id, isProven(attempt));
        return { choices: codes.choices(personId, isProven(attempt)), ...(sent && { sent }) };
      },
    });
  }

  /** A name or badge that nobody has goes the same way as one that somebody has. @throws VestibuleError `attempt_over` */
  async identify(id: string, claim: IdentityClaim): Promise<AttemptView> {
    const entry = this.#open.find(id);
    await this.#open.inTurn(entry, async () => {
      const { badges, credentials, people, subjectKey, clock } = this.#parts;
      const byName = 'userName' in claim;
      const text = byName ? claim.userName : claim.badge;
      const by = byName ? 'name' : 'badge';
      const known = byName ? credentials.withUserName(claim.userName) : badges.owner(claim.badge);
      const subject = unknownSubject(subjectKey, by, text);
      const isActive = known !== undefined && people.find(known)?.active === true && this.#mayName(known, by);
      const identity: AttemptIdentity = isActive
        ? { kind: 'person', personId: known, by }
        : { kind: 'unknown', subject, by, ...(known !== undefined && { personId: known }) };
      const own = isActive ? this.alternativesOf(entry.attempt.purpose, known) : [];
      const badge = byName ? undefined : badges.verify(isActive ? known : undefined, text);
      const before = entry.attempt.identity;
      await this.#open.apply(entry, { kind: 'identified', identity, own, ...(badge && { badge }), at: clock.mono() });
      if (byName && entry.attempt.identity !== before && entry.attempt.outcome === undefined)
        entry.userName = claim.userName;
      await this.#open.judge(entry);
    });
    return this.view(id);
  }

  /** @throws VestibuleError `attempt_over`, `input_invalid` (no such alternative) */
  async choose(id: string, index: number): Promise<AttemptView> {
    const entry = this.#open.find(id);
    await this.#open.inTurn(entry, async () => {
      if (entry.attempt.outcome === undefined && entry.attempt.alternatives[index] === undefined)
        throw new VestibuleError('input_invalid', 'There is no such alternative. Look at the attempt again.');
      await this.#open.apply(entry, { kind: 'chosen', index, at: this.#parts.clock.mono() });
      await this.#open.judge(entry);
    });
    return this.view(id);
  }

  /**
   * @throws VestibuleError `attempt_over`, `busy` (nothing was looked at), `input_invalid` (not asked for now)
   */
  async answer(id: string, answer: FactorAnswer): Promise<AttemptView> {
    const entry = this.#open.find(id);
    if (answer.kind === 'badge' && entry.attempt.identity.kind === 'none')
      return this.identify(id, { badge: answer.badge });
    await this.#open.inTurn(entry, () => {
      if (!this.#isWanted(entry, answer.kind)) return Promise.resolve();
      // Attempts about one subject take turns: answers sent at the same time get no tries for nothing.
      return this.#parts.regulation.inTurn(subjectOf(entry.attempt) ?? '', async () => {
        if (isBarred(this.#parts, entry.attempt)) return this.#open.judge(entry);
        const { result, message } = await this.#verify(entry, answer);
        const at = this.#parts.clock.mono();
        await this.#open.apply(entry, { kind: 'answered', result, ...(message && { message }), at });
      });
    });
    return this.view(id);
  }

  /** @param channel id of one of the view's choices @throws VestibuleError `attempt_over`, `input_invalid` */
  async sendCode(id: string, channel: string): Promise<AttemptView> {
    const entry = this.#open.find(id);
    if (!this.#isWanted(entry, 'otp')) return this.view(id);
    if (standingOf(this.#parts, entry.attempt, 'otp').kind !== 'open') {
      await this.#open.inTurn(entry, () => this.#open.judge(entry));
      return this.view(id);
    }
    // Outside the turn: a provider that is slow holds up nothing else of the attempt.
    const sent = await this.#parts.codes.send(id, personOf(entry.attempt), channel, isProven(entry.attempt));
    const at = this.#parts.clock.mono();
    const until = sent.kind === 'refused' && sent.waitMs !== undefined ? { until: at + sent.waitMs } : {};
    const message = sent.kind === 'refused' ? { message: { code: sent.message, ...until } } : {};
    await this.#open.inTurn(entry, () => this.#open.apply(entry, { kind: 'code', ...message, at }));
    return this.view(id);
  }

  /**
   * What the page says to a run of liveness or pose. That a prompt is on the screen waits for nothing: its time begins at
   * this moment. A prompt that is asked for no more changes nothing.
   * @throws VestibuleError `attempt_over`, `input_invalid` (no run is asked for now)
   */
  async challenge(id: string, step: ChallengeStep): Promise<AttemptView> {
    const entry = this.#open.find(id);
    if (step.do === 'start') await this.#open.inTurn(entry, () => this.#open.startRun(entry));
    else this.#open.tellRun(entry, step);
    return this.view(id);
  }

  /** Somebody is at it: the attempt is not left alone. Its life grows no longer. @throws VestibuleError `attempt_over` */
  async touch(id: string): Promise<void> {
    const entry = this.#open.find(id);
    await this.#open.inTurn(entry, () => this.#open.apply(entry, { kind: 'touched', at: this.#parts.clock.mono() }));
  }

  /** @throws VestibuleError `attempt_over` for an unknown id */
  async cancel(id: string): Promise<void> {
    const entry = this.#open.find(id);
    await this.#open.inTurn(entry, () => this.#open.apply(entry, { kind: 'cancelled', at: this.#parts.clock.mono() }));
  }

  /** The session that a granted attempt opened; answers once, then undefined. */
  takeSession(id: string): Issued | undefined {
    return this.#open.takeSession(id);
  }

  /**
   * The attend flow recognised somebody whose policy asks for more than the face: an attempt with the face passed.
   * @returns its id; undefined when too many attempts are open
   */
  recognised(personId: string, result: FactorResult): string | undefined {
    return this.#open.recognised(personId, result);
  }

  /** What the policy asks of this person now. Empty: closed. */
  alternativesOf(purpose: Purpose, personId: string): readonly Alternative[] {
    return alternativesOf(this.#parts, purpose, personId);
  }

  /** Somebody is at it at the kiosk itself: nobody is recognised for attendance meanwhile. */
  busyAtKiosk(): boolean {
    return this.#open.busyAtKiosk();
  }

  /** Newest open attempt at the kiosk itself. */
  atKiosk(): string | undefined {
    return this.#open.atKiosk();
  }

  onKioskBusy(listener: (busy: boolean) => void): () => void {
    return this.#open.onKioskBusy(listener);
  }

  /** Every decision recorded here: all but granted punches, which `admit` records and announces. */
  onDecision(listener: (decision: Decision) => void): () => void {
    return this.#open.onDecision(listener);
  }

  /**
   * Ends what is open about a person who was shut out or got another role or password: what passed before counts no more,
   * at once, whatever is under way.
   */
  endAllOf(personId: string): void {
    this.#open.endAllOf(personId);
  }

  /** Cancels every open attempt and waits until that is recorded. */
  stop(): Promise<void> {
    return this.#open.stop();
  }

  /** A badge that regulation closed says nothing about anybody. */
  #mayName(personId: string, by: 'name' | 'badge'): boolean {
    return by === 'name' || this.#parts.regulation.judge(personId, 'badge').kind === 'open';
  }

  /** False when the attempt is over: then nothing is done. @throws VestibuleError `input_invalid` */
  #isWanted({ attempt }: OpenAttempt<Issued>, kind: FactorKind): boolean {
    if (attempt.outcome !== undefined) return false;
    if (attempt.identity.kind === 'none')
      throw new VestibuleError('input_invalid', 'Say first who you are: by name, badge or face.');
    if (!wantedFactors(attempt).includes(kind))
      throw new VestibuleError('input_invalid', 'This is not asked for now. Look at the attempt again.');
    return true;
  }

  async #verify(
    entry: OpenAttempt<Issued>,
    answer: FactorAnswer,
  ): Promise<{ result: FactorResult; message?: 'code_wrong' | 'code_expired' }> {
    const { passwords, pins, badges, codes } = this.#parts;
    const personId = personOf(entry.attempt);
    switch (answer.kind) {
      case 'password':
        return { result: await passwords.verify(personId, answer.password) };
      case 'pin':
        return { result: await pins.verify(personId, answer.pin) };
      case 'badge':
        return { result: badges.verify(personId, answer.badge) };
      case 'otp':
        return codes.check(entry.attempt.id, personId, answer.code);
    }
  }
}
