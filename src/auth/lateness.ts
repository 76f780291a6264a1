import { STALE_AFTER_MS } from '../domain/recognition.js';

/** So many late, or timely, results in a row change what is said. */
const RESULTS = 10;

/** Notices a machine that analyses pictures so slowly that every result is too old to recognise anybody. */
export class Lateness {
  #streak = 0;
  #sentence: string | undefined;

  /** Why nobody can be recognised, as a sentence; undefined while results come in time. */
  get reason(): string | undefined {
    return this.#sentence;
  }

  /**
   * @param ageMs time from the capture of a picture to its result
   * @returns true when results have just become too late
   */
  note(ageMs: number): boolean {
    const late = ageMs > STALE_AFTER_MS;
    this.#streak = late === (this.#sentence === undefined) ? this.#streak + 1 : 0;
    if (this.#streak < RESULTS) return false;
    this.#streak = 0;
    this.#sentence = late
      ? `Pictures are analysed too slowly (${Math.round(ageMs)} ms, at most ${STALE_AFTER_MS} ms): nobody is recognised. Lower vision.detectSize, end other programs or use a faster machine.`
      : undefined;
    return late;
  }
}
