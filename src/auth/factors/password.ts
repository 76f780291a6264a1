import type { FactorResult } from '../../domain/factor.js';
import { normalisePassword } from '../../domain/password-rules.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';
import { type SecretFactorParts, verifySecret } from './secret.js';

/** Checks passwords against the stored hash; a hash of a former method is renewed once the password is known. */
export class PasswordFactor {
  readonly #parts: SecretFactorParts;

  constructor(parts: SecretFactorParts & { readonly hasher: PasswordHasher }) {
    this.#parts = parts;
  }

  /**
   * @param personId undefined for a name that nobody has: takes as long and never passes
   * @throws VestibuleError `busy`
   */
  verify(personId: string | undefined, plain: string): Promise<FactorResult> {
    return verifySecret(this.#parts, 'passwordHash', personId, normalisePassword(plain));
  }
}
