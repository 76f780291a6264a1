import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import {
  type IsCommon,
  normalisePassword,
  PASSWORD_MAX,
  passwordFaults,
  pinFaults,
  type SecretFault,
} from '../domain/password-rules.js';
import type { PasswordHasher } from '../ports/password-hasher.js';
import type { Credentials, PersonCredentials } from './credentials.js';
import type { People } from './people.js';

/** Setting passwords and PINs: rules, no repetition of former ones, hashing, storing. */
export class Passwords {
  readonly #hasher: PasswordHasher;
  readonly #credentials: Credentials;
  readonly #people: Pick<People, 'nameOf'>;
  readonly #isCommon: IsCommon;
  readonly #config: Pick<Config, 'passwords' | 'site' | 'kiosk'>;
  readonly #mayBeAlone: boolean;

  /** @param parts mayBeAlone: some alternative of the policy is a password and nothing else, so it must be longer */
  constructor(parts: {
    hasher: PasswordHasher;
    credentials: Credentials;
    people: Pick<People, 'nameOf'>;
    isCommon: IsCommon;
    config: Pick<Config, 'passwords' | 'site' | 'kiosk'>;
    mayBeAlone: boolean;
  }) {
    this.#hasher = parts.hasher;
    this.#credentials = parts.credentials;
    this.#people = parts.people;
    this.#isCommon = parts.isCommon;
    this.#config = parts.config;
    this.#mayBeAlone = parts.mayBeAlone;
  }

  /** Lengths for the page; `least` is what holds under the policy of this kiosk. */
  rules(): { readonly least: number; readonly leastAlone: number; readonly longest: number } {
    const { leastLength, leastLengthAlone } = this.#config.passwords;
    const least = this.#mayBeAlone ? leastLengthAlone : leastLength;
    return { least, leastAlone: leastLengthAlone, longest: PASSWORD_MAX };
  }

  /**
   * Hash of a new password that keeps the rules and repeats none of the person's former ones; nothing is stored.
   * @param of whose it will be: names that it may not consist of, and former hashes
   * @throws VestibuleError `password_refused` with everything that is wrong, `busy`
   */
  async hashNew(
    plain: string,
    of: { readonly names: readonly string[]; readonly former?: PersonCredentials | undefined },
  ): Promise<string> {
    const { site, kiosk, passwords } = this.#config;
    const context = [site.name, site.id, kiosk.name, kiosk.id, kiosk.area ?? '', 'vestibule', ...of.names];
    const faults = passwordFaults(plain, { least: this.rules().least, context, isCommon: this.#isCommon });
    if (faults.length > 0) throw refused(faults);
    const normalised = normalisePassword(plain);
    const { passwordHash, passwordHistory = [] } = of.former ?? {};
    const former = passwords.history === 0 ? [] : [passwordHash, ...passwordHistory.slice(0, passwords.history)];
    for (const hash of former)
      if (hash !== undefined && (await this.#hasher.verify(hash, normalised)).matches)
        throw refused([
          {
            code: 'password_repeated',
            sentence: `This is one of your last ${passwords.history + 1} passwords. Choose one that you did not use here before.`,
          },
        ]);
    return this.#hasher.hash(normalised);
  }

  /** Credentials with a new password; the former one joins the history. */
  withPassword(own: PersonCredentials, passwordHash: string): PersonCredentials {
    const former = own.passwordHash === undefined ? [] : [own.passwordHash];
    const passwordHistory = [...former, ...own.passwordHistory].slice(0, this.#config.passwords.history);
    return { ...own, passwordHash, passwordHistory };
  }

  /**
   * Sets a password; durable when it resolves. Ending the person's sessions is up to the caller.
   * @throws VestibuleError `password_refused`, `busy`, and what `Credentials.change` throws
   */
  async set(personId: string, plain: string): Promise<void> {
    const former = this.#credentials.of(personId);
    const names = [former?.userName ?? '', this.#people.nameOf(personId) ?? ''];
    const hash = await this.hashNew(plain, { names, former });
    await this.#credentials.change(personId, (own) => this.withPassword(own, hash));
  }

  /** Sets a PIN; durable when it resolves. @throws VestibuleError `password_refused`, `busy`, `storage_*` */
  async setPin(personId: string, pin: string): Promise<void> {
    const faults = pinFaults(pin, this.#config.passwords.pinLength);
    if (faults.length > 0) throw refused(faults);
    const pinHash = await this.#hasher.hash(pin);
    await this.#credentials.change(personId, (own) => ({ ...own, pinHash }));
  }
}

/** `reasons`: the codes, joined by commas. */
function refused(faults: readonly SecretFault[]): VestibuleError {
  const reasons = faults.map(({ code }) => code).join(',');
  return new VestibuleError('password_refused', faults.map(({ sentence }) => sentence).join(' '), {
    context: { reasons },
  });
}
