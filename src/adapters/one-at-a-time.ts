import { VestibuleError } from '../domain/errors.js';

/** Carries out one task after the other; with too many waiting a further one is refused at once. */
export class OneAtATime {
  readonly #waitingMost: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param waitingMost tasks that may wait or run */
  constructor(waitingMost: number) {
    this.#waitingMost = waitingMost;
  }

  /** @throws VestibuleError `busy` */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#waitingMost)
      return Promise.reject(new VestibuleError('busy', 'Too many people are signing in at this moment.'));
    this.#waiting += 1;
    const turn = this.#last.then(task).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
