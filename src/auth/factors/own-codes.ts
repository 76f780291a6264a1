import type { Credentials } from '../../people/credentials.js';
import type { Clock } from '../../ports/clock.js';
import type { Random } from '../../ports/random.js';
import type { TakenSteps } from '../taken-steps.js';
import { hashRecoveryCode, matchRecoveryCode } from './recovery-codes.js';
import { matchTotp } from './totp.js';

/** `used`: right, but taken before. */
export type OwnCodeVerdict = 'right' | 'used' | 'wrong';

/**
 * Codes that people have themselves: of an authenticator app, or printed beforehand. What makes a code single use is
 * durable before the answer. Somebody unknown costs the same time.
 */
export class OwnCodes {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #credentials: Pick<Credentials, 'of' | 'change'>;
  readonly #steps: Pick<TakenSteps, 'take'>;
  /** Secret and code that nobody has. */
  readonly #dummySecret: string;
  readonly #dummyCode: string;

  constructor(parts: {
    clock: Pick<Clock, 'now'>;
    random: Random;
    credentials: Pick<Credentials, 'of' | 'change'>;
    steps: Pick<TakenSteps, 'take'>;
  }) {
    this.#clock = parts.clock;
    this.#credentials = parts.credentials;
    this.#steps = parts.steps;
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    this.#dummySecret = [...parts.random.bytes(32)].map((byte) => letters[byte % 32]).join('');
    this.#dummyCode = hashRecoveryCode('', this.#dummySecret);
  }

  hasTotp(personId: string): boolean {
    return this.#credentials.of(personId)?.totp?.confirmedAt !== undefined;
  }

  recoveryCodesLeft(personId: string): number {
    return this.#credentials.of(personId)?.recovery.filter(({ usedAt }) => usedAt === undefined).length ?? 0;
  }

  /**
   * A code of the authenticator app: of this time step, the one before or the one after, and of a later step than
   * every code taken before.
   * @throws VestibuleError `storage_*`; then the code is not taken
   */
  async totp(personId: string | undefined, code: string): Promise<OwnCodeVerdict> {
    const kept = personId === undefined ? undefined : this.#credentials.of(personId)?.totp;
    const own = kept?.confirmedAt === undefined ? undefined : kept;
    const step = matchTotp(own?.secret ?? this.#dummySecret, code, this.#clock.now());
    if (personId === undefined || own === undefined || step === undefined) return 'wrong';
    // From the look at the secret to the step in force nothing else runs: a person who is forgotten stays forgotten.
    if (!(await this.#steps.take(personId, step))) return 'used';
    // The secret may have been replaced or removed while the step was stored.
    return this.#credentials.of(personId)?.totp?.secret === own.secret ? 'right' : 'used';
  }

  /** A recovery code; each works once. @throws VestibuleError `storage_*`; then the code is not taken */
  async recovery(personId: string | undefined, code: string): Promise<OwnCodeVerdict> {
    const own = personId === undefined ? undefined : this.#credentials.of(personId);
    const kept = own?.recovery ?? [{ hash: this.#dummyCode }];
    const index = matchRecoveryCode(personId ?? '', code, kept);
    if (personId === undefined || own === undefined || index === undefined) return 'wrong';
    let taken = false;
    await this.#credentials.change(personId, (newest) => {
      const now = matchRecoveryCode(personId, code, newest.recovery);
      const one = now === undefined ? undefined : newest.recovery[now];
      if (now === undefined || one === undefined) return newest;
      taken = true;
      const used = { ...one, usedAt: new Date(this.#clock.now()).toISOString() };
      return { ...newest, recovery: newest.recovery.with(now, used) };
    });
    return taken ? 'right' : 'used';
  }
}
