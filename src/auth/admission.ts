import type { Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import { type FaultCode, toError, VestibuleError } from '../domain/errors.js';
import type { Moment, ShownPerson } from '../domain/moment.js';
import type { Person } from '../domain/person.js';
import type { Reason } from '../domain/reason.js';
import type { RecognitionState } from '../domain/recognition.js';
import { hasConsent } from '../people/consent.js';
import { Asking, type Question, type QuestionEnd } from './asking.js';
import type { AttendFlowParts } from './attend-parts.js';
import type { Stage } from './stage.js';

/**
 * What follows a decision to attend, whatever factors led to it: the durable punch, or the question for a direction, or
 * that it was recorded already; the journal; and what the page shows of it. One decision after the other.
 */
export class Admission {
  readonly #parts: AttendFlowParts;
  readonly #stage: Stage;
  readonly #asking: Asking;
  readonly #onLeft: (personId: string) => void;
  readonly #paused: () => boolean;
  readonly #listeners = new Set<(decision: Decision) => void>();
  #work: Promise<void> = Promise.resolve();
  #shows = false;

  /**
   * @param more gapMs: a face unseen for longer begins a new track; onLeft: who was asked has left unanswered;
   *   paused: faces are not followed now
   */
  constructor(
    parts: AttendFlowParts,
    more: { stage: Stage; gapMs: number; onLeft: (personId: string) => void; paused: () => boolean },
  ) {
    this.#parts = parts;
    this.#stage = more.stage;
    this.#onLeft = more.onLeft;
    this.#paused = more.paused;
    this.#asking = new Asking({
      clock: parts.clock,
      gapMs: more.gapMs,
      consensusFrames: parts.config.recognition.consensusFrames,
      onEnd: (question, end) => this.#unanswered(question, end),
    });
  }

  /** From now on the page is shown what happens. */
  start(): void {
    this.#shows = true;
  }

  /** No moment follows; waits for the decision in work. */
  async stop(): Promise<void> {
    this.#shows = false;
    await this.#work;
  }

  /** Every decision after it was made durable (or its journal failed). The returned function ends it. */
  onDecision(listener: (decision: Decision) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Carries out work after the work before it; its fault is reported, never thrown. */
  enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((thrown) => this.#parts.onFault?.(toError(thrown)));
    return this.#work;
  }

  /** Resolves when all work so far is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** To be called with every result: does whoever was asked still stand there? */
  look(state: RecognitionState): void {
    this.#asking.look(state);
  }

  withdraw(end: QuestionEnd): void {
    this.#asking.withdraw(end);
  }

  /**
   * Records the punch of a granted decision, asks for its direction, or says that it was made already.
   * @param watched whether the person is known by his face and must stay in view while he is asked
   */
  async admit(decision: Decision, person: Person, watched: boolean): Promise<void> {
    const plan = this.#parts.punches.plan(person.id);
    if (plan.kind === 'record') return this.#record(decision, person, plan.direction);
    const shown = shownOf(person);
    if (plan.kind === 'duplicate') {
      await this.journal(decision);
      return this.show({ kind: 'duplicate', person: shown, earlier: plan.earlier });
    }
    // Nobody would see the question, or whether the right person answers it.
    if (!this.#shows || (watched && this.#paused()))
      return this.journal({ ...decision, outcome: 'denied', reason: 'cancelled' });
    const expiresInMs = this.#parts.config.attendance.askSeconds * 1000;
    this.#asking.withdraw('cancelled');
    this.#asking.put({ decision, person, choices: plan.choices }, watched);
    const { choices, suggested } = plan;
    const attemptId = decision.id;
    const moment: Moment = { kind: 'recognised', attemptId, person: shown, choices, suggested, expiresInMs };
    this.#stage.showFor(expiresInMs, moment, () => this.#asking.withdraw('timeout'));
  }

  /** Journals a denial and shows it. */
  async deny(decision: Decision): Promise<void> {
    await this.journal(decision);
    this.show({ kind: 'refused', reason: decision.reason });
  }

  /** Why this person may not attend, whatever was measured; undefined when he may. */
  barred(person: Person | undefined, byFace: boolean): Reason | undefined {
    if (person === undefined || !person.active) return 'not_permitted';
    return byFace && !hasConsent(person, this.#parts.consentTextVersion) ? 'consent_missing' : undefined;
  }

  /** The person pressed a direction. An attempt that is over, or a button that was not offered, changes nothing. */
  async choose(attemptId: string, direction: Direction): Promise<void> {
    const question = this.#asking.answer(attemptId, direction);
    if (question === undefined) return;
    await this.enqueue(() => this.#record(question.decision, question.person, direction));
  }

  /** A journal that cannot be written never undoes or hides a punch. */
  async journal(decision: Decision, eventId?: string): Promise<void> {
    try {
      await this.#parts.decisions.add(decision, eventId);
    } catch (thrown) {
      this.#parts.onFault?.(toError(thrown));
    }
    for (const listener of this.#listeners) listener(decision);
  }

  /** Shows a result for the usual time. */
  show(moment: Moment): void {
    if (this.#shows) this.#stage.showFor(this.#parts.config.recognition.idleAfterMs, moment);
  }

  /** Store first, then show. */
  async #record(decision: Decision, person: Person, direction: Direction): Promise<void> {
    const { punches, onFault } = this.#parts;
    const shown = shownOf(person);
    try {
      const { event, workedTodayMs, previous } = await punches.record(decision, direction, person.externalId);
      const { at } = event;
      this.show({ kind: 'done', person: shown, direction, at, workedTodayMs, ...(previous && { previous }) });
      await this.journal(decision, event.id);
    } catch (thrown) {
      onFault?.(toError(thrown));
      const fault: FaultCode = thrown instanceof VestibuleError ? thrown.code : 'storage_failed';
      this.show({ kind: 'not_recorded', person: shown, fault });
      await this.journal(decision);
    }
  }

  /** The open question ended without a punch. */
  #unanswered({ decision: asked, person }: Question, end: QuestionEnd): void {
    const reason: Reason = end === 'timeout' ? 'timeout' : 'cancelled';
    // The end is the decision: its time is now, or the message about it would look like an old one.
    const decision: Decision = { ...asked, outcome: 'denied', reason, at: this.#parts.clock.mono() };
    void this.enqueue(() => this.journal(decision));
    if (end !== 'gone' && end !== 'replaced') return;
    this.#onLeft(person.id);
    if (end === 'gone') this.#stage.rest();
    else this.show({ kind: 'refused', reason });
  }
}

function shownOf(person: Person): ShownPerson {
  return { id: person.id, name: person.name };
}
