import type { Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import { type FaultCode, toError, VestibuleError } from '../domain/errors.js';
import type { Moment, ShownPerson } from '../domain/moment.js';
import type { VisionResult } from '../domain/observation.js';
import type { Person } from '../domain/person.js';
import type { Reason } from '../domain/reason.js';
import {
  forgetPresence,
  NOBODY,
  type RecognitionEffect,
  type RecognitionInput,
  type RecognitionState,
  recognise,
} from '../domain/recognition.js';
import { trackGapMs } from '../domain/track.js';
import { hasConsent } from '../people/consent.js';
import { Asking, type Question, type QuestionEnd } from './asking.js';
import type { AttendFlowParts } from './attend-parts.js';
import { Identification, type IdentificationStatus } from './identification.js';
import { Lateness } from './lateness.js';
import { overlayOf } from './overlay.js';
import { Stage } from './stage.js';

/**
 * The attend flow: what the vision process saw → tracks and consensus → decision → durable punch → what the page
 * shows. It carries out the effects of domain/recognition; decisions are dealt with one after the other.
 */
export class AttendFlow {
  readonly #parts: AttendFlowParts;
  readonly #identification: Identification;
  readonly #stage: Stage;
  readonly #asking: Asking;
  readonly #lateness = new Lateness();
  readonly #gapMs: number;
  readonly #decisionListeners = new Set<(decision: Decision) => void>();
  #state = NOBODY;
  #mode: 'stopped' | 'running' | 'suspended' = 'stopped';
  #listening = false;
  #work: Promise<void> = Promise.resolve();
  #forgetChanges: (() => void)[] = [];
  #cancelSilence: () => void = () => {};

  constructor(parts: AttendFlowParts) {
    this.#parts = parts;
    this.#gapMs = trackGapMs(parts.frameIntervalMs ?? 0);
    this.#identification = new Identification({ ...parts, recognition: parts.config.recognition });
    this.#stage = new Stage(parts.clock, () => restingMoment(this.#state));
    this.#asking = new Asking({
      clock: parts.clock,
      gapMs: this.#gapMs,
      consensusFrames: parts.config.recognition.consensusFrames,
      onEnd: (question, end) => this.#unanswered(question, end),
    });
  }

  start(): void {
    if (this.#mode !== 'stopped') return;
    this.#mode = 'running';
    const { vision, people, templates } = this.#parts;
    const invalidate = (): void => this.#identification.invalidate();
    invalidate();
    this.#forgetChanges = [people.onChanged(invalidate), templates.onChanged(invalidate)];
    // The port has no way to end a subscription: one for the life of the flow.
    if (!this.#listening) vision.onResult((result) => this.#seen(result));
    this.#listening = true;
  }

  /** Waits for the decision in work; no moment follows. */
  async stop(): Promise<void> {
    this.suspend();
    this.#mode = 'stopped';
    for (const forget of this.#forgetChanges) forget();
    await this.#work;
  }

  /** Recognises nobody until `resume`, as during an enrolment at the page. */
  suspend(): void {
    if (this.#mode !== 'running') return;
    this.#mode = 'suspended';
    this.#state = NOBODY;
    this.#cancelSilence();
    this.#asking.withdraw('cancelled');
    this.#stage.rest();
    this.#parts.vision.overlay([]);
  }

  resume(): void {
    if (this.#mode === 'suspended') this.#mode = 'running';
  }

  /** What the page shows now. */
  moment(): Moment {
    return this.#stage.moment();
  }

  /** The returned function ends it. */
  onMoment(listener: (moment: Moment) => void): () => void {
    return this.#stage.onMoment(listener);
  }

  /** Every decision after it was made durable (or its journal failed). The returned function ends it. */
  onDecision(listener: (decision: Decision) => void): () => void {
    this.#decisionListeners.add(listener);
    return () => this.#decisionListeners.delete(listener);
  }

  /** Whether people can be searched for, and with which threshold. */
  status(): IdentificationStatus {
    const status = this.#identification.status();
    const { reason } = this.#lateness;
    if (reason === undefined || status.identification !== 'ready') return status;
    return { ...status, identification: 'refused', reason };
  }

  /** Resolves when all decisions made so far are dealt with. */
  settled(): Promise<void> {
    return this.#work;
  }

  /**
   * The person pressed a direction. An attempt that is over, or a button that was not offered, changes nothing.
   * @returns what the page shows afterwards
   */
  async choose(attemptId: string, direction: Direction): Promise<Moment> {
    const question = this.#asking.answer(attemptId, direction);
    if (question === undefined) return this.#stage.moment();
    await this.#enqueue(() => this.#record(question.decision, question.person, direction));
    return this.#stage.moment();
  }

  #seen(result: VisionResult): void {
    if (this.#mode !== 'running') return;
    const now = this.#parts.clock.mono();
    if (this.#lateness.note(now - result.capturedAt))
      this.#parts.onFault?.(new VestibuleError('vision_timeout', this.#lateness.reason ?? ''));
    this.#step({ kind: 'result', result, now });
    this.#asking.look(this.#state);
    this.#parts.vision.overlay(overlayOf(this.#state, (id) => this.#labelOf(id)));
    this.#cancelSilence();
    this.#cancelSilence = this.#parts.clock.after(this.#gapMs + 1, () => this.#fellSilent());
  }

  #fellSilent(): void {
    if (this.#mode !== 'running') return;
    this.#step({ kind: 'tick', now: this.#parts.clock.mono() });
    this.#parts.vision.overlay([]);
  }

  #step(input: RecognitionInput): void {
    const { consensusFrames, refuseAfterMs } = this.#parts.config.recognition;
    const { state, effects } = recognise(this.#state, input, {
      consensusFrames,
      refuseAfterMs,
      gapMs: this.#gapMs,
      sameFace: this.#identification.sameFace(),
      match: (embedding) => this.#identification.match(embedding),
    });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: RecognitionEffect): void {
    if (effect.kind === 'guide') {
      this.#stage.hint();
      return;
    }
    // Whoever was asked for a direction is no longer the one who stands here.
    this.#asking.withdraw('cancelled');
    if (effect.kind === 'refused') {
      const decision = this.#decide('denied', effect.reason, undefined, effect.score);
      this.#showResult({ kind: 'refused', reason: effect.reason });
      void this.#enqueue(() => this.#journal(decision));
      return;
    }
    const { personId, score } = effect;
    void this.#enqueue(() => this.#identified(personId, score));
  }

  async #identified(personId: string, score: number): Promise<void> {
    const { people, punches, config, consentTextVersion } = this.#parts;
    const person = people.find(personId);
    if (person === undefined || !person.active) return this.#deny('not_permitted', personId, score);
    if (!hasConsent(person, consentTextVersion)) return this.#deny('consent_missing', personId, score);
    const decision = this.#decide('granted', 'ok', personId, score);
    const shown = shownOf(person);
    const plan = punches.plan(personId);
    if (plan.kind === 'record') return this.#record(decision, person, plan.direction);
    if (plan.kind === 'duplicate') {
      await this.#journal(decision);
      return this.#showResult({ kind: 'duplicate', person: shown, earlier: plan.earlier });
    }
    if (this.#mode !== 'running') return;
    const expiresInMs = config.attendance.askSeconds * 1000;
    this.#asking.put({ decision, person, choices: plan.choices });
    const { choices, suggested } = plan;
    const moment: Moment = {
      kind: 'recognised',
      attemptId: decision.id,
      person: shown,
      choices,
      suggested,
      expiresInMs,
    };
    this.#stage.showFor(expiresInMs, moment, () => this.#asking.withdraw('timeout'));
  }

  async #deny(reason: Reason, personId: string, score: number): Promise<void> {
    await this.#journal(this.#decide('denied', reason, personId, score));
    this.#showResult({ kind: 'refused', reason });
  }

  /** Store first, then show. */
  async #record(decision: Decision, person: Person, direction: Direction): Promise<void> {
    const shown = shownOf(person);
    try {
      const { event, workedTodayMs, previous } = await this.#parts.punches.record(
        decision,
        direction,
        person.externalId,
      );
      this.#showResult({
        kind: 'done',
        person: shown,
        direction,
        at: event.at,
        workedTodayMs,
        ...(previous && { previous }),
      });
      await this.#journal(decision, event.id);
    } catch (thrown) {
      this.#parts.onFault?.(toError(thrown));
      const fault: FaultCode = thrown instanceof VestibuleError ? thrown.code : 'storage_failed';
      this.#showResult({ kind: 'not_recorded', person: shown, fault });
      await this.#journal(decision);
    }
  }

  #decide(outcome: Decision['outcome'], reason: Reason, personId?: string, score?: number): Decision {
    const at = this.#parts.clock.mono();
    // The face passed when a person was found, whatever was decided about that person.
    const faceReason = personId === undefined ? reason : 'ok';
    const factors = [this.#identification.factor(faceReason, at, score)];
    const id = this.#parts.random.uuid7();
    return { id, purpose: 'attend', outcome, reason, ...(personId !== undefined && { personId }), factors, at };
  }

  /** A journal that cannot be written never undoes or hides a punch. */
  async #journal(decision: Decision, eventId?: string): Promise<void> {
    try {
      await this.#parts.decisions.add(decision, eventId);
    } catch (thrown) {
      this.#parts.onFault?.(toError(thrown));
    }
    for (const listener of this.#decisionListeners) listener(decision);
  }

  /** The open question ended without a punch. */
  #unanswered({ decision: asked, person }: Question, end: QuestionEnd): void {
    const reason: Reason = end === 'timeout' ? 'timeout' : 'cancelled';
    // The end is the decision: its time is now, or the message about it would look like an old one.
    const decision: Decision = { ...asked, outcome: 'denied', reason, at: this.#parts.clock.mono() };
    void this.#enqueue(() => this.#journal(decision));
    if (end !== 'gone' && end !== 'replaced') return;
    this.#state = forgetPresence(this.#state, person.id);
    if (end === 'gone') this.#stage.rest();
    else this.#showResult({ kind: 'refused', reason });
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((thrown) => this.#parts.onFault?.(toError(thrown)));
    return this.#work;
  }

  #showResult(moment: Moment): void {
    if (this.#mode === 'running') this.#stage.showFor(this.#parts.config.recognition.idleAfterMs, moment);
  }

  /** The name over a box: only of a person who may punch. */
  #labelOf(personId: string): string | undefined {
    const person = this.#parts.people.find(personId);
    return person?.active && hasConsent(person, this.#parts.consentTextVersion) ? person.name : undefined;
  }
}

function shownOf(person: Person): ShownPerson {
  return { id: person.id, name: person.name };
}

/** What is shown without a result: a hint, or idle. */
function restingMoment(state: RecognitionState): Moment {
  const code = state.guidance.shown;
  return code === undefined ? { kind: 'idle' } : { kind: 'guidance', code };
}
