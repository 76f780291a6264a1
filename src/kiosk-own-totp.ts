import { Secret, TOTP } from 'otpauth';
import { matchTotp } from './auth/factors/totp.js';
import type { TakenSteps } from './auth/taken-steps.js';
import { VestibuleError } from './domain/errors.js';
import type { TotpBegun } from './http/contract-people.js';
import type { Credentials } from './people/credentials.js';
import type { Clock } from './ports/clock.js';
import type { Random } from './ports/random.js';

/** 160 bits, as RFC 4226 section 4 recommends. */
const SECRET_BYTES = 20;
/** A secret that nobody confirms is forgotten. */
const PENDING_MS = 10 * 60_000;
/** Wrong codes after which a new secret is needed. */
const TRIES = 5;

interface Pending {
  readonly secret: string;
  tries: number;
  readonly cancel: () => void;
}

interface TotpRooms {
  readonly credentials: Credentials;
  readonly steps: Pick<TakenSteps, 'renew'>;
  readonly clock: Clock;
  readonly random: Random;
  /** What the app shows beside the account. */
  readonly issuer: string;
}

/** Sets up an authenticator app: the secret is kept in memory until a right code proves that the app has it. */
export class OwnTotp {
  readonly #rooms: TotpRooms;
  readonly #pending = new Map<string, Pending>();

  constructor(rooms: TotpRooms) {
    this.#rooms = rooms;
  }

  /** @param account what the app shows, for example the user name */
  begin(personId: string, account: string): TotpBegun {
    const { random, clock, issuer } = this.#rooms;
    const secret = new Secret({ buffer: Uint8Array.from(random.bytes(SECRET_BYTES)).buffer });
    this.#forget(personId);
    const cancel = clock.after(PENDING_MS, () => this.#pending.delete(personId));
    this.#pending.set(personId, { secret: secret.base32, tries: TRIES, cancel });
    return { secret: secret.base32, uri: new TOTP({ issuer, label: account, secret }).toString() };
  }

  /** @throws VestibuleError `input_invalid` (wrong code, nothing to confirm), `storage_*` */
  async confirm(personId: string, code: string): Promise<void> {
    const { credentials, steps, clock } = this.#rooms;
    const pending = this.#pending.get(personId);
    if (pending === undefined)
      throw invalid('The set-up of the authenticator is over. Begin it again and scan the new QR code.');
    const step = matchTotp(pending.secret, code.replace(/[\s-]/g, ''), clock.now());
    if (step === undefined) {
      pending.tries -= 1;
      if (pending.tries > 0)
        throw invalid('The code is not right. Type the newest one; the clock of the phone must be right.');
      this.#forget(personId);
      throw invalid('The code was wrong too often. Begin the set-up again and scan the new QR code.');
    }
    this.#forget(personId);
    const confirmedAt = new Date(clock.now()).toISOString();
    // The code of this step was shown now: it opens nothing.
    const totp = { secret: pending.secret, confirmedAt };
    await steps.renew(personId, step, () => credentials.change(personId, (own) => ({ ...own, totp })));
  }

  async remove(personId: string): Promise<void> {
    this.#forget(personId);
    await this.#rooms.credentials.change(personId, ({ totp: _totp, ...own }) => own);
  }

  stop(): void {
    for (const personId of [...this.#pending.keys()]) this.#forget(personId);
  }

  #forget(personId: string): void {
    this.#pending.get(personId)?.cancel();
    this.#pending.delete(personId);
  }
}

function invalid(message: string): VestibuleError {
  return new VestibuleError('input_invalid', message);
}
