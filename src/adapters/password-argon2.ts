import { hash, verify } from '@node-rs/argon2';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import type { PasswordHasher, PasswordVerdict } from '../ports/password-hasher.js';
import type { Random } from '../ports/random.js';
import type { Argon2 } from './argon2-thread.js';
import { OneAtATime } from './one-at-a-time.js';
import { BcryptVerifier } from './password-bcrypt.js';
import { verifyDjango } from './password-django.js';
import { argon2Parameters, djangoParts, isBcrypt, knowsPasswordHash, leastMemoryKib } from './password-parameters.js';

/** Computations that may wait or run. */
export const PASSWORD_QUEUE_MAX = 20;
/** Argon2id in the numbering of the library, whose constant exists only for its own type checks. */
const ARGON2ID = 2;

/** Argon2id on the threads that file access shares. */
const POOL: Argon2 = {
  hash: (plain, { memoryKib, passes }) =>
    hash(plain, { algorithm: ARGON2ID, memoryCost: memoryKib, timeCost: passes, parallelism: 1 }),
  verify: (stored, plain) => verify(stored, plain),
  stop: () => Promise.resolve(),
};

/**
 * Argon2id with the cost of the configuration; foreign hashes are compared with their own method and reported as
 * outdated. There is only ever one computation at a time, whatever its method: PBKDF2 runs on the threads that file access
 * shares (one computation: 2.4 ms more for an append, ten: 568 ms), and so does argon2 unless it is given a thread.
 */
export class Argon2PasswordHasher implements PasswordHasher {
  readonly #memoryKib: number;
  readonly #passes: number;
  readonly #bcrypt: BcryptVerifier;
  readonly #argon2: Argon2;
  readonly #queue = new OneAtATime(PASSWORD_QUEUE_MAX);
  /** A hash of the present cost that nothing matches. */
  readonly #nobody: string;

  /** @throws VestibuleError `config_invalid` below the floor of the cost */
  constructor(parts: {
    readonly random: Random;
    readonly config: Pick<Config['passwords'], 'memoryKib' | 'passes'>;
    readonly bcrypt?: BcryptVerifier;
    /** Where argon2 is computed; a kiosk gives it a thread of its own. */
    readonly argon2?: Argon2;
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
    this.#argon2 = parts.argon2 ?? POOL;
    const text = (bytes: number): string =>
      Buffer.from(parts.random.bytes(bytes)).toString('base64').replace(/=+$/, '');
    this.#nobody = `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$${text(16)}$${text(32)}`;
  }

  hash(plain: string): Promise<string> {
    return this.#queue.run(() => this.#argon2.hash(plain, { memoryKib: this.#memoryKib, passes: this.#passes }));
  }

  verify(stored: string | undefined, plain: string): Promise<PasswordVerdict> {
    return this.#queue.run(async () => {
      const method = stored !== undefined && this.knows(stored) ? stored : undefined;
      if (method === undefined) {
        await this.#argon2.verify(this.#nobody, plain);
        return { matches: false, outdated: false };
      }
      return { matches: await this.#compare(method, plain), outdated: this.#isOutdated(method) };
    });
  }

  knows(stored: string): boolean {
    return knowsPasswordHash(stored);
  }

  /** Ends the threads that compute, if they run. */
  async stop(): Promise<void> {
    await this.#bcrypt.stop();
    await this.#argon2.stop();
  }

  #compare(stored: string, plain: string): Promise<boolean> {
    if (isBcrypt(stored)) return this.#bcrypt.verify(stored, plain);
    if (djangoParts(stored) !== undefined) return verifyDjango(stored, plain);
    return this.#argon2.verify(stored, plain);
  }

  #isOutdated(stored: string): boolean {
    const used = argon2Parameters(stored);
    return (
      used === undefined || used.parallelism !== 1 || used.memoryKib < this.#memoryKib || used.passes < this.#passes
    );
  }
}
