import type { Config } from '../config/schema.js';
import type { CalibrationCurve } from '../domain/calibration.js';
import { VestibuleError } from '../domain/errors.js';
import { chooseThreshold } from '../domain/threshold.js';

/**
 * False match rate at which two pictures of one enrolment still count as one person. Wide on purpose: it catches
 * a mixed-up folder without refusing an unlike picture of the same person (docs/people.md).
 */
const SAME_PERSON_FMR = 1e-2;

/** Cosine thresholds that enrolment needs, from the calibration of the pack. */
export class EnrolmentThresholds {
  readonly #curvesOf: (packId: string) => readonly CalibrationCurve[];
  readonly #recognition: Config['recognition'];

  constructor(curvesOf: (packId: string) => readonly CalibrationCurve[], recognition: Config['recognition']) {
    this.#curvesOf = curvesOf;
    this.#recognition = recognition;
  }

  /** Least cosine of a further picture to the mean of `photos` pictures. */
  samePerson(packId: string, photos: number): number {
    return this.#verification(packId, photos, SAME_PERSON_FMR);
  }

  /**
   * Cosine from which on a new template is too near to another person's: the 1:1 threshold, which is never above
   * the 1:N one, so whoever could be taken for another person in a search is found too.
   */
  duplicate(packId: string, photos: number): number {
    return this.#verification(packId, photos, this.#recognition.verificationFmr);
  }

  #verification(packId: string, photos: number, fmr: number): number {
    const choice = chooseThreshold({
      curves: this.#curvesOf(packId),
      photos,
      mode: '1:1',
      gallery: 1,
      verificationFmr: fmr,
      identificationFpir: this.#recognition.identificationFpir,
    });
    if (choice.kind === 'refused')
      throw new VestibuleError(
        'pack_unsupported',
        `The pack "${packId}" cannot be used for enrolment: ${choice.reason}`,
      );
    return choice.threshold;
  }
}
