import type { Direction } from '../domain/attendance.js';
import type { Decision } from '../domain/decision.js';
import type { Person } from '../domain/person.js';
import { isInView, type RecognitionState, standsSomebodyElse } from '../domain/recognition.js';
import type { Clock } from '../ports/clock.js';

/** Somebody recognised who has to press a direction. */
export interface Question {
  readonly decision: Decision;
  readonly person: Person;
  readonly choices: readonly Direction[];
}

/** `gone`: the person has left; `replaced`: somebody else stands there; `cancelled`: somebody or something came between. */
export type QuestionEnd = 'timeout' | 'cancelled' | 'gone' | 'replaced';

/** Whoever looks away or bends for a glove is unseen for about this long; a person who left must not be chosen for. */
const GONE_AFTER_MS = 2000;

/** The one open question. It ends unanswered when the person it was put to no longer stands there. */
export class Asking {
  readonly #clock: Clock;
  readonly #goneMs: number;
  readonly #consensusFrames: number;
  readonly #onEnd: (question: Question, end: QuestionEnd) => void;
  #question: Question | undefined;
  #watched = false;
  #cancelGone: () => void = () => {};

  /** @param parts gapMs: a face unseen for longer begins a new track; onEnd: the question ended without an answer */
  constructor(parts: {
    clock: Clock;
    gapMs: number;
    consensusFrames: number;
    onEnd: (question: Question, end: QuestionEnd) => void;
  }) {
    this.#clock = parts.clock;
    this.#goneMs = Math.max(GONE_AFTER_MS, parts.gapMs);
    this.#consensusFrames = parts.consensusFrames;
    this.#onEnd = parts.onEnd;
  }

  /** @param watched false for somebody whose face need not be seen: then only time ends the question */
  put(question: Question, watched = true): void {
    this.#forget();
    this.#question = question;
    this.#watched = watched;
    if (watched) this.#awaitPerson();
  }

  /** The question that is hereby answered; undefined when it is over or this was not offered. */
  answer(attemptId: string, direction: Direction): Question | undefined {
    const question = this.#question;
    if (question?.decision.id !== attemptId || !question.choices.includes(direction)) return undefined;
    this.#forget();
    return question;
  }

  /** To be called with every result: who stands there now? */
  look(state: RecognitionState): void {
    const personId = this.#question?.person.id;
    if (personId === undefined || !this.#watched) return;
    if (isInView(state, personId)) this.#awaitPerson();
    else if (standsSomebodyElse(state, personId, this.#consensusFrames)) this.withdraw('replaced');
  }

  withdraw(end: QuestionEnd): void {
    const question = this.#question;
    if (question === undefined) return;
    this.#forget();
    this.#onEnd(question, end);
  }

  /** By time and not by results: a camera that fell silent shows nobody either. */
  #awaitPerson(): void {
    this.#cancelGone();
    this.#cancelGone = this.#clock.after(this.#goneMs, () => this.withdraw('gone'));
  }

  #forget(): void {
    this.#question = undefined;
    this.#cancelGone();
  }
}
