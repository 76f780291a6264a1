import type { Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import { VestibuleError } from '../domain/errors.js';
import type { Moment } from '../domain/moment.js';
import type { VisionResult } from '../domain/observation.js';
import {
  carryOver,
  forgetPresence,
  LEFT_AFTER_MS,
  NOBODY,
  type RecognitionEffect,
  type RecognitionInput,
  type RecognitionState,
  recognise,
} from '../domain/recognition.js';
import { trackGapMs } from '../domain/track.js';
import { hasConsent } from '../people/consent.js';
import { Admission } from './admission.js';
import type { AttendFlowParts, PauseReason } from './attend-parts.js';
import { Identification, type IdentificationStatus } from './identification.js';
import { Lateness } from './lateness.js';
import { overlayOf } from './overlay.js';
import { Stage } from './stage.js';

/** An attempt that nobody ends is over by then; its moment goes with it. */
const ATTEMPT_MOMENT_MS = 5 * 60_000;

/**
 * The attend flow: what the vision process saw → tracks and consensus → decision → durable punch → what the page
 * shows. It carries out the effects of domain/recognition; what follows a decision is admission.ts.
 */
export class AttendFlow {
  readonly #parts: AttendFlowParts;
  readonly #identification: Identification;
  readonly #stage: Stage;
  readonly #admission: Admission;
  readonly #lateness = new Lateness();
  readonly #gapMs: number;
  readonly #pauses = new Set<PauseReason>();
  /** Persons known to be here when a pause ends. */
  readonly #here = new Set<string>();
  #state = NOBODY;
  #started = false;
  #listening = false;
  #forgetChanges: (() => void)[] = [];
  #cancelSilence: () => void = () => {};

  constructor(parts: AttendFlowParts) {
    this.#parts = parts;
    this.#gapMs = trackGapMs(parts.frameIntervalMs ?? 0);
    this.#identification =
      parts.identification ?? new Identification({ ...parts, recognition: parts.config.recognition });
    this.#stage = new Stage(parts.clock, () => restingMoment(this.#state));
    this.#admission = new Admission(parts, {
      stage: this.#stage,
      gapMs: this.#gapMs,
      paused: () => this.#pauses.size > 0,
      onLeft: (personId) => {
        this.#state = forgetPresence(this.#state, personId);
      },
    });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#admission.start();
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
    if (this.#started) this.#clear();
    this.#started = false;
    for (const forget of this.#forgetChanges) forget();
    await this.#admission.stop();
  }

  /** Recognises nobody until `resume` was called with the same reason; reasons add up. A second call changes nothing. */
  suspend(reason: PauseReason): void {
    if (this.#pauses.has(reason)) return;
    this.#pauses.add(reason);
    if (!this.#started) return;
    // Whoever was recognised and still stands there is not recognised anew when the pause is over.
    const leftBefore = this.#parts.clock.mono() - LEFT_AFTER_MS;
    for (const [id, seenAt] of this.#state.present) if (seenAt >= leftBefore) this.#here.add(id);
    this.#clear();
  }

  /**
   * Ends the pause of this reason; recognition goes on when it was the last one.
   * @param alreadyHere persons who stand there and are dealt with: they make no punch until they have left (3 s)
   */
  resume(reason: PauseReason, alreadyHere: readonly string[] = []): void {
    if (!this.#pauses.delete(reason)) return;
    if (reason === 'attempt' && this.#stage.moment().kind === 'attempt') this.#stage.rest();
    for (const id of alreadyHere) this.#here.add(id);
    if (this.#pauses.size > 0) return;
    this.#state = carryOver(NOBODY, [...this.#here], this.#parts.clock.mono());
    this.#here.clear();
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
    return this.#admission.onDecision(listener);
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
    return this.#admission.settled();
  }

  /**
   * The person pressed a direction. An attempt that is over, or a button that was not offered, changes nothing.
   * @returns what the page shows afterwards
   */
  async choose(attemptId: string, direction: Direction): Promise<Moment> {
    await this.#admission.choose(attemptId, direction);
    return this.#stage.moment();
  }

  /**
   * Carries out a granted decision to attend that was reached by an attempt: records, asks for the direction or says
   * that it was recorded already, also during a pause. Journals the decision and tells `onDecision`. Resolves when that
   * is done or asked; a disk that fails is shown (`not_recorded`) and reported, not thrown.
   * @throws VestibuleError `input_invalid` when it is no granted decision to attend of a person
   */
  async admit(decision: Decision): Promise<void> {
    const { purpose, outcome, personId } = decision;
    if (purpose !== 'attend' || outcome !== 'granted' || personId === undefined)
      throw new VestibuleError('input_invalid', 'Only a granted decision to attend of a person makes a punch.');
    await this.#admission.enqueue(async () => {
      const person = this.#parts.people.find(personId);
      const byFace = decision.factors.some(({ kind, outcome: said }) => kind === 'face' && said === 'passed');
      const bar = this.#admission.barred(person, byFace);
      if (bar !== undefined || person === undefined)
        return this.#admission.deny({ ...decision, outcome: 'denied', reason: bar ?? 'not_permitted' });
      // Whoever stands there now is taken for this person: his face makes no second punch.
      if (this.#pauses.size > 0) this.#here.add(personId);
      else this.#state = carryOver(this.#state, [personId], this.#parts.clock.mono());
      await this.#admission.admit(decision, person, false);
    });
  }

  get #running(): boolean {
    return this.#started && this.#pauses.size === 0;
  }

  #clear(): void {
    this.#state = NOBODY;
    this.#cancelSilence();
    this.#admission.withdraw('cancelled');
    // The attempt that pauses this was begun by a face: the page must learn of it.
    if (this.#stage.moment().kind !== 'attempt') this.#stage.rest();
    this.#parts.vision.overlay([]);
  }

  #seen(result: VisionResult): void {
    if (!this.#running) return;
    const { clock, vision, policy, onFault } = this.#parts;
    const now = clock.mono();
    if (this.#lateness.note(now - result.capturedAt))
      onFault?.(new VestibuleError('vision_timeout', this.#lateness.reason ?? ''));
    if (policy?.usesFace?.() === false) {
      this.#state = NOBODY;
      this.#stage.hint();
      vision.overlay([]);
      return;
    }
    this.#step({ kind: 'result', result, now });
    this.#admission.look(this.#state);
    vision.overlay(overlayOf(this.#state, (id) => this.#labelOf(id)));
    this.#cancelSilence();
    this.#cancelSilence = clock.after(this.#gapMs + 1, () => this.#fellSilent());
  }

  #fellSilent(): void {
    if (!this.#running) return;
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
    this.#admission.withdraw('cancelled');
    if (effect.kind === 'refused') {
      const decision = this.#decide('denied', effect.reason, undefined, effect.score);
      this.#admission.show({ kind: 'refused', reason: effect.reason });
      void this.#admission.enqueue(() => this.#admission.journal(decision));
      return;
    }
    const { personId, score } = effect;
    void this.#admission.enqueue(() => this.#identified(personId, score));
  }

  async #identified(personId: string, score: number): Promise<void> {
    const { people, policy } = this.#parts;
    const person = people.find(personId);
    const bar = this.#admission.barred(person, true);
    if (bar !== undefined || person === undefined)
      return this.#admission.deny(this.#decide('denied', bar ?? 'not_permitted', personId, score));
    const decision = this.#decide('granted', 'ok', personId, score);
    if (policy === undefined || policy.faceIsEnough(personId)) return this.#admission.admit(decision, person, true);
    // Somebody began something at the page since.
    if (!this.#running) return;
    const attemptId = policy.needsMore(personId, decision.factors[0]!);
    if (attemptId !== undefined) this.#stage.showFor(ATTEMPT_MOMENT_MS, { kind: 'attempt', attemptId });
  }

  #decide(outcome: Decision['outcome'], reason: Decision['reason'], personId?: string, score?: number): Decision {
    const at = this.#parts.clock.mono();
    // The face passed when a person was found, whatever was decided about that person.
    const faceReason = personId === undefined ? reason : 'ok';
    const factors = [this.#identification.factor(faceReason, at, score)];
    const id = this.#parts.random.uuid7();
    return { id, purpose: 'attend', outcome, reason, ...(personId !== undefined && { personId }), factors, at };
  }

  /** The name over a box: only of a person whom the face alone lets punch. */
  #labelOf(personId: string): string | undefined {
    const { people, policy, consentTextVersion } = this.#parts;
    const person = people.find(personId);
    if (!person?.active || !hasConsent(person, consentTextVersion)) return undefined;
    return policy === undefined || policy.faceIsEnough(personId) ? person.name : undefined;
  }
}

/** What is shown without a result: a hint, or idle. */
function restingMoment(state: RecognitionState): Moment {
  const code = state.guidance.shown;
  return code === undefined ? { kind: 'idle' } : { kind: 'guidance', code };
}
