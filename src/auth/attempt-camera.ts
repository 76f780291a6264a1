import type { FaceTarget } from '../domain/attempt.js';
import { sameTarget } from '../domain/attempt-steps.js';
import { toError } from '../domain/errors.js';
import type { FactorResult } from '../domain/factor.js';
import type { GuidanceCode } from '../domain/guidance.js';
import type { Clock } from '../ports/clock.js';
import type { AttemptFaces } from './attempt-parts.js';

/** A camera that came back, or a wait that ended, is noticed after this time. */
const RETRY_MS = 1000;
/** An id that nobody has: the face is looked for and never matches, as for somebody who is not the one named. */
const NOBODY_ID = 'nobody';

/** Which attempt has the camera and whom it looks for. */
export interface CameraWish {
  readonly attemptId: string;
  readonly target: FaceTarget;
  /** The person has proved who he is: that he has no face enrolled may be seen. */
  readonly proven: boolean;
  /** Wrong faces have to wait. */
  readonly barred: boolean;
}

/** The camera of attempts: one of them holds it, and a watch that is over begins again as long as it is wanted. */
export class AttemptCamera {
  readonly #faces: AttemptFaces;
  readonly #clock: Clock;
  readonly #wish: () => CameraWish | undefined;
  readonly #onResult: (attemptId: string, result: FactorResult, personId?: string) => void;
  readonly #onGuidance: (attemptId: string, code?: GuidanceCode) => void;
  readonly #onFault: (fault: Error) => void;
  #watch: { readonly wish: CameraWish; readonly personId: string | undefined; stop(): void } | undefined;
  #cancelRetry: () => void = () => {};
  /** Monotonic ms before which a camera that failed is left alone. */
  #restsUntil = Number.NEGATIVE_INFINITY;

  /** @param parts wish: what is wanted at the moment; asked by `update` and while it cannot be had */
  constructor(parts: {
    faces: AttemptFaces;
    clock: Clock;
    wish: () => CameraWish | undefined;
    onResult: (attemptId: string, result: FactorResult, personId?: string) => void;
    onGuidance: (attemptId: string, code?: GuidanceCode) => void;
    onFault: (fault: Error) => void;
  }) {
    this.#faces = parts.faces;
    this.#clock = parts.clock;
    this.#wish = parts.wish;
    this.#onResult = parts.onResult;
    this.#onGuidance = parts.onGuidance;
    this.#onFault = parts.onFault;
  }

  /** Looks for whom is wanted now; a watch that already does so goes on. */
  update(): void {
    this.#cancelRetry();
    const wish = this.#wish();
    const running = this.#watch;
    if (wish === undefined || wish.barred) {
      this.stop();
      if (wish !== undefined) this.#retry();
      return;
    }
    const personId = this.#personOf(wish);
    if (
      running?.wish.attemptId === wish.attemptId &&
      sameTarget(running.wish.target, wish.target) &&
      running.personId === personId
    )
      return;
    this.stop();
    if (this.#clock.mono() >= this.#restsUntil && this.#faces.available(personId)) this.#begin(wish, personId);
    if (this.#watch === undefined) this.#retry();
  }

  stop(): void {
    this.#cancelRetry();
    const watch = this.#watch;
    this.#watch = undefined;
    watch?.stop();
  }

  /** Id to compare with 1:1; undefined searches among all. */
  #personOf({ target, proven }: CameraWish): string | undefined {
    if (target.kind !== 'person') return target.kind === 'anybody' ? undefined : NOBODY_ID;
    // Somebody without a face must look like somebody who is not there.
    return proven || this.#faces.available(target.personId) ? target.personId : NOBODY_ID;
  }

  #begin(wish: CameraWish, personId: string | undefined): void {
    const { attemptId } = wish;
    const isMine = (): boolean => this.#watch?.wish === wish;
    try {
      const watch = this.#faces.watch({
        ...(personId !== undefined && { personId }),
        onResult: (result, found) => {
          if (!isMine()) return;
          this.#watch = undefined;
          if (result.outcome === 'unavailable') this.#restsUntil = this.#clock.mono() + RETRY_MS;
          this.#onResult(attemptId, result, found);
        },
        onGuidance: (code) => {
          if (isMine()) this.#onGuidance(attemptId, code);
        },
      });
      this.#watch = { wish, personId, stop: () => watch.stop() };
    } catch (thrown) {
      this.#onFault(toError(thrown));
    }
  }

  #retry(): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.update());
  }
}
