import type { Attempt, AttemptEvent, AttemptRules, LivenessTarget, Place } from '../domain/attempt.js';
import { type AttemptStep, beginAttempt, reduce } from '../domain/attempt-reduce.js';
import { deadline, everyFactor, faceTarget, subjectOf } from '../domain/attempt-steps.js';
import type { Decision, Purpose } from '../domain/decision.js';
import { toError, VestibuleError } from '../domain/errors.js';
import type { FactorResult } from '../domain/factor.js';
import { AttemptEnding, isEnd } from './attempt-ending.js';
import type { LivenessShown } from './attempt-liveness.js';
import type { AttemptCaller, AttemptsParts, ChallengeStep } from './attempt-parts.js';
import { alternativesOf, offeredNow } from './attempt-policy.js';
import { AttemptSenses, asksForRun } from './attempt-senses.js';
import { isBarred, standingOf } from './attempt-standing.js';
import { worksAt } from './attempt-usable.js';
import type { OpenAttempt } from './open-attempt.js';
import { Turns } from './turns.js';

export const ATTEMPT_TIMES = { idleMs: 60_000, lifeMs: 5 * 60_000 } as const;
/** Open at a time. */
const MOST_OPEN = 100;
/** So many of them from elsewhere: nobody on the network keeps the kiosk itself busy. */
const MOST_REMOTE = 80;
/** The end of an attempt can be looked at, and its session taken, for so long. */
const KEPT_MS = 30_000;
/** More ended ones are not kept: the oldest goes first. */
const MOST_KEPT = 300;

/**
 * The attempts that are under way, their times, their camera and their effects. An event is in force only after its
 * effects were carried out: a wrong answer is counted and a grant recorded before anybody can see it.
 */
export class OpenAttempts<Issued> {
  readonly #parts: AttemptsParts<Issued>;
  readonly #ending: AttemptEnding<Issued>;
  readonly #senses: AttemptSenses<Issued>;
  /** Newest last; ended ones stay for a while. */
  readonly #entries = new Map<string, OpenAttempt<Issued>>();
  readonly #turns = new Turns();
  readonly #busyListeners = new Set<(busy: boolean) => void>();
  #wasBusy = false;
  #stopped = false;

  constructor(parts: AttemptsParts<Issued>) {
    this.#parts = parts;
    this.#ending = new AttemptEnding(parts);
    this.#senses = new AttemptSenses(parts, {
      newestFirst: () => [...this.#entries.values()].reverse(),
      onFace: (id, result, personId) => this.#face(id, result, personId),
      onLive: (id, result, target) => this.#live(id, result, target),
    });
  }

  /** @throws VestibuleError `busy` */
  async begin(purpose: Purpose, place: Place, session?: AttemptCaller['session']): Promise<OpenAttempt<Issued>> {
    const { entry, step } = this.#add(purpose, place, session);
    await this.inTurn(entry, () => this.#carryOut(entry, step));
    return entry;
  }

  /** @throws VestibuleError `attempt_over` for an id that nothing is known of (any more) */
  find(id: string): OpenAttempt<Issued> {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new VestibuleError('attempt_over', 'This attempt is over.');
    return entry;
  }

  /** Work on one attempt is done one after the other. */
  inTurn<T>(entry: OpenAttempt<Issued>, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(entry.attempt.id, work);
  }

  /** Lets something happen to an attempt; to be called in its turn. @throws what a grant that failed threw */
  apply(entry: OpenAttempt<Issued>, event: AttemptEvent): Promise<void> {
    return this.#carryOut(entry, reduce(entry.attempt, event, entry.rules));
  }

  /** Says what has to wait, or ends an attempt that regulation closed; to be called in its turn. */
  judge(entry: OpenAttempt<Issued>): Promise<void> {
    const { attempt } = entry;
    if (subjectOf(attempt) === undefined || attempt.outcome !== undefined) return Promise.resolve();
    const standings = new Map(everyFactor(attempt).map((kind) => [kind, standingOf(this.#parts, attempt, kind)]));
    return this.apply(entry, { kind: 'judged', standings, at: this.#parts.clock.mono() });
  }

  /** The run of liveness or pose that this attempt asks for. */
  live(id: string): LivenessShown | undefined {
    return this.#senses.live(id);
  }

  /** Begins the run that is asked for; to be called in the attempt's turn. @throws VestibuleError `input_invalid` */
  async startRun(entry: OpenAttempt<Issued>): Promise<void> {
    if (!asksForRun(entry.attempt)) return;
    if (isBarred(this.#parts, entry.attempt)) return this.judge(entry);
    const at = this.#parts.clock.mono();
    const restMs = this.#senses.startRun(entry.attempt.id);
    await this.apply(entry, { kind: 'touched', at, ...(restMs !== undefined && { until: at + restMs }) });
  }

  /** A prompt is on the screen, or another one is asked for. @throws VestibuleError `input_invalid` */
  tellRun(entry: OpenAttempt<Issued>, step: Exclude<ChallengeStep, { do: 'start' }>): void {
    if (!asksForRun(entry.attempt)) return;
    this.#senses[step.do](entry.attempt.id, step.id);
  }

  takeSession(id: string): Issued | undefined {
    const entry = this.#entries.get(id);
    if (entry?.opened.issued === undefined) return undefined;
    const { issued, ...rest } = entry.opened;
    entry.opened = rest;
    return issued;
  }

  recognised(personId: string, result: FactorResult): string | undefined {
    if (this.#stopped || this.#isFull('kiosk')) return undefined;
    const { entry, step } = this.#add('attend', 'kiosk');
    const { id } = entry.attempt;
    void this.inTurn(entry, () => this.#carryOut(entry, step)).catch((error) => this.#parts.onFault(toError(error)));
    this.#face(id, result, personId);
    return id;
  }

  busyAtKiosk(): boolean {
    return this.atKiosk() !== undefined;
  }

  atKiosk(): string | undefined {
    return this.#open().findLast(({ attempt }) => attempt.place === 'kiosk')?.attempt.id;
  }

  onKioskBusy(listener: (busy: boolean) => void): () => void {
    this.#busyListeners.add(listener);
    return () => this.#busyListeners.delete(listener);
  }

  onDecision(listener: (decision: Decision) => void): () => void {
    return this.#ending.onDecision(listener);
  }

  endAllOf(personId: string): void {
    for (const entry of this.#open()) {
      if (subjectOf(entry.attempt) !== personId) continue;
      // In force at once, also for a grant that is being recorded.
      entry.isRevoked = true;
      void this.#run(entry, () => this.apply(entry, { kind: 'cancelled', at: this.#parts.clock.mono() }));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#senses.stop();
    const at = this.#parts.clock.mono();
    const ends = this.#open().map((entry) => this.inTurn(entry, () => this.apply(entry, { kind: 'cancelled', at })));
    await Promise.all(ends);
    await this.#turns.settled();
    this.#senses.stop();
    for (const entry of this.#entries.values()) entry.cancelTimer();
    this.#entries.clear();
  }

  #add(purpose: Purpose, place: Place, session?: AttemptCaller['session']) {
    if (this.#stopped || this.#isFull(place))
      throw new VestibuleError('busy', 'Too many attempts are under way. Try again in a few seconds.');
    const { clock, people, random } = this.#parts;
    // A session says who it is for pages of its own person only; at the door anybody may stand.
    const renewed = purpose === 'login' || purpose === 'admin' ? session : undefined;
    const personId = renewed !== undefined && people.find(renewed.personId)?.active ? renewed.personId : undefined;
    const id = Buffer.from(random.bytes(16)).toString('base64url');
    const rules: AttemptRules = {
      ...ATTEMPT_TIMES,
      usable: (kind) => {
        const attempt = this.#attempt(id);
        return attempt === undefined || this.#senses.isUsable(attempt, kind);
      },
      whyNot: (kind) => {
        const attempt = this.#attempt(id);
        return attempt && this.#senses.whyNot(attempt, kind);
      },
      refusal: (person, wanted) =>
        this.#entries.get(id)?.isRevoked ? 'cancelled' : this.#ending.refusal(person, wanted),
    };
    const step = beginAttempt(
      {
        id,
        purpose,
        place,
        startedAt: clock.mono(),
        identity: personId === undefined ? { kind: 'none' } : { kind: 'person', personId, by: 'session' },
        offered: offeredNow(this.#parts, purpose),
        own: personId === undefined ? [] : alternativesOf(this.#parts, purpose, personId),
      },
      { ...rules, usable: (kind) => worksAt(this.#parts, place, purpose, kind) },
    );
    const stepUpOf = personId !== undefined && renewed?.purpose === purpose ? renewed.sessionId : undefined;
    // Open until its end was recorded, as every other one.
    const { outcome: _end, ...attempt } = step.attempt;
    const entry: OpenAttempt<Issued> = { attempt, rules, stepUpOf, opened: {}, cancelTimer: () => {} };
    this.#entries.set(id, entry);
    return { entry, step };
  }

  /** Effects first, then the state they belong to. */
  async #carryOut(entry: OpenAttempt<Issued>, { attempt, effects }: AttemptStep): Promise<void> {
    const { regulation } = this.#parts;
    const subject = subjectOf(entry.attempt) ?? subjectOf(attempt);
    let counted = false;
    for (const effect of effects) {
      if (subject === undefined || entry.isRevoked || (effect.kind !== 'count' && effect.kind !== 'clear')) continue;
      for (const kind of effect.factors) {
        if (effect.kind === 'clear') await regulation.passed(subject, kind);
        else await regulation.failed(subject, kind);
      }
      counted ||= effect.kind === 'count';
    }
    try {
      const refusal = () => entry.rules.refusal(subjectOf(attempt) ?? '', attempt.purpose);
      const opened = await this.#ending.carryOut(attempt, effects.filter(isEnd), refusal, entry.stepUpOf);
      if (attempt.outcome !== undefined) entry.opened = opened;
    } catch (thrown) {
      // What could not be recorded or opened is no grant.
      this.#commit(entry, { ...attempt, outcome: { kind: 'denied', reason: 'factor_unavailable' } });
      throw thrown;
    }
    this.#commit(entry, attempt);
    if (counted) await this.judge(entry);
  }

  #commit(entry: OpenAttempt<Issued>, attempt: Attempt): void {
    const { clock, codes } = this.#parts;
    const hadEnded = entry.attempt.outcome !== undefined;
    entry.attempt = attempt;
    if (faceTarget(attempt) === undefined) entry.guidance = undefined;
    if (hadEnded || !this.#entries.has(attempt.id)) return;
    entry.cancelTimer();
    if (attempt.outcome === undefined) {
      const restMs = deadline(attempt, ATTEMPT_TIMES) - clock.mono();
      entry.cancelTimer = clock.after(restMs, () => void this.#run(entry, () => this.#tick(entry)));
    } else {
      entry.userName = undefined;
      codes.forget(attempt.id);
      entry.cancelTimer = clock.after(KEPT_MS, () => this.#entries.delete(attempt.id));
      this.#dropOldest();
    }
    this.#senses.update();
    this.#tellBusy();
  }

  #dropOldest(): void {
    if (this.#entries.size <= MOST_OPEN + MOST_KEPT) return;
    const oldest = [...this.#entries.values()].find(({ attempt }) => attempt.outcome !== undefined);
    if (oldest === undefined) return;
    oldest.cancelTimer();
    this.#entries.delete(oldest.attempt.id);
  }

  #tick(entry: OpenAttempt<Issued>): Promise<void> {
    return this.apply(entry, { kind: 'tick', at: this.#parts.clock.mono() });
  }

  #face(id: string, result: FactorResult, personId?: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    void this.#run(entry, () => {
      const own =
        personId === undefined ? {} : { personId, own: alternativesOf(this.#parts, entry.attempt.purpose, personId) };
      return this.apply(entry, { kind: 'face', result, ...own, at: this.#parts.clock.mono() });
    });
  }

  async #live(id: string, result: FactorResult, target: LivenessTarget): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const at = this.#parts.clock.mono();
    await this.#run(entry, () => this.apply(entry, { kind: 'answered', result, target, at }));
  }

  /** Work that nobody waits for. */
  #run(entry: OpenAttempt<Issued>, work: () => Promise<void>): Promise<void> {
    return this.inTurn(entry, work).catch((error) => this.#parts.onFault(toError(error)));
  }

  #open(): readonly OpenAttempt<Issued>[] {
    return [...this.#entries.values()].filter(({ attempt }) => attempt.outcome === undefined);
  }

  #isFull(place: Place): boolean {
    const open = this.#open();
    const remote = open.filter(({ attempt }) => attempt.place === 'remote').length;
    return open.length >= MOST_OPEN || (place === 'remote' && remote >= MOST_REMOTE);
  }

  #attempt(id: string): Attempt | undefined {
    return this.#entries.get(id)?.attempt;
  }

  #tellBusy(): void {
    const busy = this.busyAtKiosk();
    if (busy === this.#wasBusy) return;
    this.#wasBusy = busy;
    for (const listener of this.#busyListeners) listener(busy);
  }
}
