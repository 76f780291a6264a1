import { VestibuleError } from '../domain/errors.js';
import { afterOne, type Refill, waitForOne } from '../domain/refill.js';
import type { Clock } from '../ports/clock.js';

/** So many in a row at once, then one each so often: onboarding a group is possible, trying out names or codes is slow. */
export const BURST = 20;
export const REFILL_MS = 20_000;
const REFILL: Refill = { burst: BURST, refillMs: REFILL_MS };

/** Slows registering down for each place. Nobody is ever shut out: what is used up comes back by itself. */
export class RegistrationThrottle {
  readonly #clock: Pick<Clock, 'mono'>;
  /** Monotonic ms at which everything is there again. */
  readonly #fullAt = new Map<string, number>();

  constructor(clock: Pick<Clock, 'mono'>) {
    this.#clock = clock;
  }

  /** @throws VestibuleError `busy` when nothing is left */
  check(place: string): void {
    const waitMs = waitForOne(this.#fullAt.get(place) ?? 0, this.#clock.mono(), REFILL);
    if (waitMs === 0) return;
    const waitSeconds = Math.ceil(waitMs / 1000);
    throw new VestibuleError('busy', `Too many registrations were tried here. Wait ${waitSeconds} s.`, {
      context: { waitMs: waitSeconds * 1000 },
    });
  }

  /** Uses one up: a registration, a wrong code, a name that is taken. */
  take(place: string): void {
    this.#fullAt.set(place, afterOne(this.#fullAt.get(place) ?? 0, this.#clock.mono(), REFILL));
  }
}
