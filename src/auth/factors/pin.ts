import type { FactorResult } from '../../domain/factor.js';
import { type SecretFactorParts, verifySecret } from './secret.js';

/** Checks PINs; they are hashed as slowly as passwords. */
export class PinFactor {
  readonly #parts: SecretFactorParts;

  constructor(parts: SecretFactorParts) {
    this.#parts = parts;
  }

  /**
   * @param personId undefined for a name or badge that nobody has: takes as long and never passes
   * @throws VestibuleError `busy`
   */
  verify(personId: string | undefined, pin: string): Promise<FactorResult> {
    return verifySecret(this.#parts, 'pinHash', personId, pin);
  }
}
