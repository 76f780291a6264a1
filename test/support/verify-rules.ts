/** Life of a verification at Twilio, ms. */
export const VERIFY_LIFE_MS = 600_000;
export const VERIFY_SENDS = 5;
export const VERIFY_CHECKS = 5;

interface Verification {
  readonly code: string;
  readonly beganAt: number;
  sends: number;
  checks: number;
  status: 'pending' | 'approved' | 'canceled';
}

/**
 * The state that Twilio Verify keeps for each destination of one service: the same code at each send of one
 * verification, 5 sends, 5 checks, 10 minutes, nothing left after approval. Numbers are Twilio's error codes.
 */
export class VerifyRules {
  readonly #mono: () => number;
  readonly #verifications = new Map<string, Verification>();
  #made = 0;

  /** @param mono monotonic ms */
  constructor(mono: () => number) {
    this.#mono = mono;
  }

  /** 60202: a verification whose checks are used up stays so until it expires; 60203: five sends. */
  start(to: string): 'pending' | 60202 | 60203 {
    const open = this.#open(to);
    if (open !== undefined) {
      if (open.checks >= VERIFY_CHECKS) return 60202;
      if (open.sends >= VERIFY_SENDS) return 60203;
      open.sends += 1;
      return 'pending';
    }
    const code = String((++this.#made * 7919) % 1_000_000).padStart(6, '0');
    this.#verifications.set(to, { code, beganAt: this.#mono(), sends: 1, checks: 0, status: 'pending' });
    return 'pending';
  }

  /** 20404: there is none, it expired, or it was approved or canceled. */
  check(to: string, code: string): 'approved' | 'pending' | 60202 | 20404 {
    const open = this.#open(to);
    if (open === undefined) return 20404;
    if (open.checks >= VERIFY_CHECKS) return 60202;
    open.checks += 1;
    if (code !== open.code) return 'pending';
    open.status = 'approved';
    return 'approved';
  }

  /** As an update of the verification to `canceled`. */
  cancel(to: string): void {
    const open = this.#open(to);
    if (open !== undefined) open.status = 'canceled';
  }

  /** The code that stands in the message. */
  codeOf(to: string): string | undefined {
    return this.#open(to)?.code;
  }

  sendsOf(to: string): number {
    return this.#verifications.get(to)?.sends ?? 0;
  }

  #open(to: string): Verification | undefined {
    const found = this.#verifications.get(to);
    if (found?.status !== 'pending') return undefined;
    return this.#mono() - found.beganAt < VERIFY_LIFE_MS ? found : undefined;
  }
}
