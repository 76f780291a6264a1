import type { LivenessTarget } from '../domain/attempt.js';
import { sameLivenessTarget } from '../domain/attempt-live.js';
import { toError } from '../domain/errors.js';
import type { FactorResult } from '../domain/factor.js';
import type { LivenessLevel } from '../domain/liveness/evidence.js';
import type { Clock } from '../ports/clock.js';
import type { LivenessRuns, RunAhead, RunningLiveness } from './liveness-runs.js';

/** A camera that came back, or a wait that ended, is noticed after this time. */
const RETRY_MS = 1000;
/** Somebody who stepped before the camera is noticed after this time. */
const LOOK_MS = 200;

/** Which attempt has the camera for a run, and what for. */
export interface LivenessWish {
  readonly attemptId: string;
  readonly target: LivenessTarget;
  readonly level: LivenessLevel;
  /** The person has proved who he is: that nothing of him is enrolled may be seen. */
  readonly proven: boolean;
  /** Failed runs, or other wrong answers that belong to it, have to wait. */
  readonly barred: boolean;
}

interface Running {
  readonly wish: LivenessWish;
  readonly run: RunningLiveness;
}

/** What the page shows of liveness and pose (livenessViewSchema). */
export interface LivenessShown extends RunAhead {
  readonly factor: LivenessTarget['factor'];
  readonly level: LivenessLevel;
  /** `ready`: begins when the page asks for it; the passive level when somebody stands there. */
  readonly state: 'ready' | 'running';
}

/**
 * Runs of liveness and pose for attempts. The passive level begins by itself when somebody stands there, a challenge when
 * the page asks for it; after a run that ended nothing begins before the page asks for it.
 */
export class AttemptLiveness {
  readonly #runs: LivenessRuns;
  readonly #clock: Clock;
  readonly #wish: () => LivenessWish | undefined;
  readonly #onResult: (attemptId: string, result: FactorResult, target: LivenessTarget) => Promise<void>;
  readonly #onLeft: (attemptId: string, result: FactorResult, target: LivenessTarget) => void;
  readonly #onFault: (fault: Error) => void;
  #running: Running | undefined;
  /** Its result is on its way into the attempt: nothing else is offered before it is there. */
  #answering: Running | undefined;
  /** The run of this wish is over. */
  #rested: LivenessWish | undefined;
  #cancelRetry: () => void = () => {};

  /**
   * @param parts wish: what is wanted at the moment; asked by `update` and while it cannot be had. onLeft: a run ended because
   *   it is not wanted any more, after its first prompt
   */
  constructor(parts: {
    liveness: LivenessRuns;
    clock: Clock;
    wish: () => LivenessWish | undefined;
    onResult: (attemptId: string, result: FactorResult, target: LivenessTarget) => Promise<void>;
    onLeft: (attemptId: string, result: FactorResult, target: LivenessTarget) => void;
    onFault: (fault: Error) => void;
  }) {
    this.#runs = parts.liveness;
    this.#clock = parts.clock;
    this.#wish = parts.wish;
    this.#onResult = parts.onResult;
    this.#onLeft = parts.onLeft;
    this.#onFault = parts.onFault;
  }

  /** Begins what begins by itself, ends what is not wanted any more; a run that is still wanted goes on. */
  update(): void {
    this.#cancelRetry();
    const wish = this.#wish();
    if (this.#running !== undefined && !isSame(this.#running.wish, wish)) this.#leave();
    // That something else was answered wrong is not the fault of whoever stands there.
    else if (wish?.barred === true) this.#end();
    if (wish === undefined) return;
    if (wish.barred) {
      this.#retry(RETRY_MS);
      return;
    }
    if (this.#running !== undefined || isSame(this.#rested, wish)) return;
    const whyNot = this.#runs.whyNot(wish.target.factor, wish.level);
    if (whyNot === 'camera_lost') this.#retry(RETRY_MS);
    // A run that cannot pass says so at once.
    else if (whyNot !== undefined) this.#begin(wish);
    else if (wish.level === 'passive') {
      if (this.#runs.faceInSight()) this.#begin(wish);
      else this.#retry(LOOK_MS);
    }
  }

  /**
   * The page asks for the run of this attempt; one that is under way goes on.
   * @returns ms after which it is over at the latest; undefined when none is wanted
   */
  start(attemptId: string): number | undefined {
    const wish = this.#wish();
    if (wish === undefined || wish.attemptId !== attemptId || wish.barred) return undefined;
    this.#cancelRetry();
    if (this.#running !== undefined && !isSame(this.#running.wish, wish)) this.#leave();
    if (this.#running === undefined) this.#begin(wish);
    return this.#shown(wish)?.remainingMs;
  }

  /** @returns false when this is not the prompt or colour that is asked for */
  shown(attemptId: string, id: string): boolean {
    return this.#runOf(attemptId)?.shown(id) ?? false;
  }

  /** @returns false when this is not the prompt that is asked for, or no other action is left */
  skip(attemptId: string, id: string): boolean {
    return this.#runOf(attemptId)?.skip(id) ?? false;
  }

  /** What the page shows; undefined while this attempt wants no run, or none could pass. */
  view(attemptId: string): LivenessShown | undefined {
    const wish = this.#wish();
    return wish?.attemptId === attemptId ? this.#shown(wish) : undefined;
  }

  stop(): void {
    this.#cancelRetry();
    this.#end();
  }

  #runOf(attemptId: string): RunningLiveness | undefined {
    const running = this.#running;
    return running?.wish.attemptId === attemptId ? running.run : undefined;
  }

  #shown(wish: LivenessWish): LivenessShown | undefined {
    const { level, target } = wish;
    const { factor } = target;
    const current = [this.#running, this.#answering].find((one) => one !== undefined && isSame(one.wish, wish));
    if (current !== undefined) return { factor, level, state: 'running', ...current.run.view() };
    if (this.#runs.whyNot(factor, level) !== undefined) return undefined;
    return { factor, level, state: 'ready', ...this.#runs.ahead(factor, level) };
  }

  #begin(wish: LivenessWish): void {
    const { target, level, proven, attemptId } = wish;
    try {
      const run = this.#runs.begin({
        target,
        level,
        proven,
        onEnd: (result) => {
          const over = this.#running;
          if (over?.wish !== wish) return;
          this.#running = undefined;
          this.#rested = wish;
          this.#answering = over;
          void this.#onResult(attemptId, result, target).finally(() => {
            if (this.#answering === over) this.#answering = undefined;
          });
        },
      });
      this.#answering = undefined;
      this.#running = { wish, run };
    } catch (thrown) {
      this.#rested = wish;
      this.#onFault(toError(thrown));
    }
  }

  /** Nobody goes on with the run. */
  #leave(): void {
    const { wish } = this.#running ?? {};
    const left = this.#end();
    if (wish !== undefined && left !== undefined) this.#onLeft(wish.attemptId, left, wish.target);
  }

  #end(): FactorResult | undefined {
    const running = this.#running;
    this.#running = undefined;
    return running?.run.stop();
  }

  #retry(ms: number): void {
    this.#cancelRetry = this.#clock.after(ms, () => this.update());
  }
}

/** Of the same attempt, about the same thing. */
function isSame(one: LivenessWish | undefined, other: LivenessWish | undefined): boolean {
  return one?.attemptId === other?.attemptId && sameLivenessTarget(one?.target, other?.target);
}
