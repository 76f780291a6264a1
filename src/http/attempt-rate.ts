import { isIPv6 } from 'node:net';
import { afterOne, type Refill, waitForOne } from '../domain/refill.js';
import type { Clock } from '../ports/clock.js';
import type { Caller } from './parts.js';
import { Refusal } from './refusal.js';

/** Attempts that one address of the network may begin. */
export const ADDRESS_REFILL: Refill = { burst: 30, refillMs: 6000 };
/** The same of all who come through configured origins: behind a proxy they have one address. */
const ORIGIN_REFILL: Refill = { burst: 120, refillMs: 1000 };
/** Addresses that are told apart; further ones share what one has until others are quiet. */
const MOST_ADDRESSES = 1000;

/**
 * Slows down from elsewhere what costs the kiosk something: beginning attempts, so that named ones cannot fill the journal
 * and the disk, and taking up registrations, so that comparing passwords keeps nobody from signing in.
 */
export class AttemptRate {
  readonly #clock: Pick<Clock, 'mono'>;
  /** Monotonic ms at which everything is there again. */
  readonly #fullAt = new Map<string, number>();

  constructor(clock: Pick<Clock, 'mono'>) {
    this.#clock = clock;
  }

  /**
   * Uses one up; the kiosk itself always has one.
   * @param address remote address of the connection
   * @throws Refusal 429 with `Retry-After` when nothing is left
   */
  take(from: Caller['from'], address: string): void {
    if (from === 'loopback') return;
    const now = this.#clock.mono();
    const refill = from === 'lan' ? ADDRESS_REFILL : ORIGIN_REFILL;
    const key = from === 'lan' ? this.#keyOf(networkOf(address), now) : 'origin';
    const fullAt = this.#fullAt.get(key) ?? 0;
    const waitMs = waitForOne(fullAt, now, refill);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new Refusal(429, 'busy', 'Signing in was begun too often here.', `Wait ${seconds} s and begin again.`, {
        'Retry-After': String(seconds),
      });
    }
    this.#fullAt.set(key, afterOne(fullAt, now, refill));
  }

  #keyOf(network: string, now: number): string {
    if (this.#fullAt.has(network) || this.#fullAt.size < MOST_ADDRESSES) return network;
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    return this.#fullAt.size < MOST_ADDRESSES ? network : 'others';
  }
}

/** One machine has a whole /64 of IPv6 at hand, so that is what counts as one address. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const rest = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - groups(head).length - rest.length) }, () => '0');
  return `${[...groups(head), ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}
