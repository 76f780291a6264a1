import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import type { PasswordHasher, PasswordVerdict } from '../ports/password-hasher.js';
import type { Random } from '../ports/random.js';
import { OneAtATime } from './one-at-a-time.js';
import { BcryptVerifier } from './password-bcrypt.js';
import { verifyDjango } from './password-django.js';
import { argon2Parameters, djangoParts, isBcrypt, knowsPasswordHash, leastMemoryKib } from './password-parameters.js';

/** Computations that may wait or run. */
export const PASSWORD_QUEUE_MAX = 20;
/** Argon2id in the numbering of the library, whose constant exists only for its own type checks. */
const ARGON2ID = 2;

/**
 * Argon2id with the cost of the configuration; foreign hashes are compared with their own method and reported as
 * outdated. Argon2 and PBKDF2 run on the threads that file access shares (one computation: 2.4 ms more for an append, ten:
 * 568 ms), so there is only ever one at a time, whatever its method.
 */
export class Argon2PasswordHasher implements PasswordHasher {
  readonly #memoryKib: number;
  readonly #passes: number;
  readonly #bcrypt: BcryptVerifier;
  readonly #queue = new OneAtATime(PASSWORD_QUEUE_MAX);
  /** A hash of the present cost that nothing matches. */
  readonly #nobody: string;

  /** @throws VestibuleError `config_invalid` below the floor of the cost */
  constructor(parts: {
    readonly random: Random;
    readonly config: Pick<Config['passwords'], 'memoryKib' | 'passes'>;
    readonly bcrypt?: BcryptVerifier;
  }) {
    const { memoryKib, passes } = parts.config;
    const least = leastMemoryKib(passes);
    if (!Number.isInteger(memoryKib) || !Number.isInteger(passes) || memoryKib < least)
      throw new VestibuleError(
        'config_invalid',
        `passwords.memoryKib is ${memoryKib}; with passwords.passes ${passes} at least ${Number.isFinite(least) ? least : 19456} KiB are needed.`,
      );
    this.#memoryKib = memoryKib;
    this.#passes = passes;
    this.#bcrypt = parts.bcrypt ?? new BcryptVerifier();
    const text = (bytes: number): string =>
      Buffer.from(parts.random.bytes(bytes)).toString('base64').replace(/=+$/, '');
    this.#nobody = `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${text(16)}$${text(32)}`;
  }

  hash(plain: string): Promise<string> {
    return this.#queue.run(() =>
      hash(plain, { algorithm: ARGON2ID, memoryCost: this.#memoryKib, timeCost: this.#passes, parallelism: 1 }),
    );
  }

  verify(stored: string | undefined, plain: string): Promise<PasswordVerdict> {
    return this.#queue.run(async () => {
      const method = stored !== undefined && this.knows(stored) ? stored : undefined;
      if (method === undefined) {
        await verify(this.#nobody, plain);
        return { matches: false, outdated: false };
      }
      return { matches: await this.#compare(method, plain), outdated: this.#isOutdated(method) };
    });
  }

  knows(stored: string): boolean {
    return knowsPasswordHash(stored);
  }

  /** Ends the thread that compares bcrypt hashes, if one runs. */
  stop(): Promise<void> {
    return this.#bcrypt.stop();
  }

  #compare(stored: string, plain: string): Promise<boolean> {
    if (isBcrypt(stored)) return this.#bcrypt.verify(stored, plain);
    if (djangoParts(stored) !== undefined) return verifyDjango(stored, plain);
    return verify(stored, plain);
  }

  #isOutdated(stored: string): boolean {
    const used = argon2Parameters(stored);
    return (
      used === undefined || used.parallelism !== 1 || used.memoryKib < this.#memoryKib || used.passes < this.#passes
    );
  }
}
