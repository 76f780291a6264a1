import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';

/** A new key is taken after so long. */
export const KEY_LIFE_MS = 24 * 3_600_000;
/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410 section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

interface Held extends SigningKey {
  readonly publicKey: KeyObject;
  readonly madeAt: number;
}

/**
 * The Ed25519 keys of this start of the daemon. They lie in memory only, so no token outlives a restart and no card
 * that is stolen holds a key that signs.
 */
export class SigningKeys {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #random: Random;
  /** How long a token may still be good after its key was replaced, ms. */
  readonly #tokenLifeMs: number;
  #present: Held;
  #former: Held | undefined;

  constructor(parts: { clock: Pick<Clock, 'mono'>; random: Random; tokenLifeMs: number }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#tokenLifeMs = parts.tokenLifeMs;
    this.#present = this.#make();
  }

  /** The key to sign with now. */
  toSign(): SigningKey {
    if (this.#clock.mono() - this.#present.madeAt >= KEY_LIFE_MS) {
      this.#former = this.#present;
      this.#present = this.#make();
    }
    return this.#present;
  }

  /** The public key of that name while tokens of it may be good. */
  toVerify(kid: string): KeyObject | undefined {
    const age = this.#clock.mono() - this.#present.madeAt;
    if (kid === this.#present.kid) return age < KEY_LIFE_MS + this.#tokenLifeMs ? this.#present.publicKey : undefined;
    if (kid !== this.#former?.kid) return undefined;
    return age <= this.#tokenLifeMs ? this.#former.publicKey : undefined;
  }

  #make(): Held {
    const privateKey = createPrivateKey({
      key: Buffer.concat([PKCS8_ED25519, this.#random.bytes(32)]),
      format: 'der',
      type: 'pkcs8',
    });
    const kid = Buffer.from(this.#random.bytes(12)).toString('base64url');
    return { kid, privateKey, publicKey: createPublicKey(privateKey), madeAt: this.#clock.mono() };
  }
}
