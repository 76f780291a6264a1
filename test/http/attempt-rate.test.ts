import { describe, expect, it } from 'vitest';
import { ADDRESS_REFILL, AttemptRate } from '../../src/http/attempt-rate.js';
import { Refusal } from '../../src/http/refusal.js';
import { FakeClock } from '../fakes/fake-clock.js';

/** How many attempts begin before one is refused. */
function begun(rate: AttemptRate, address: (turn: number) => string, from: 'loopback' | 'origin' | 'lan' = 'lan') {
  for (let turn = 0; turn < 2000; turn++) {
    try {
      rate.take(from, address(turn));
    } catch (thrown) {
      if (thrown instanceof Refusal && thrown.status === 429) return turn;
      throw thrown;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe('the rate at which attempts begin', () => {
  it('is one of each address, and never one of the kiosk itself', () => {
    const rate = new AttemptRate(new FakeClock());
    expect(begun(rate, () => '10.0.0.7')).toBe(ADDRESS_REFILL.burst);
    expect(begun(rate, () => '::ffff:10.0.0.7')).toBe(0);
    expect(begun(rate, () => '10.0.0.8')).toBe(ADDRESS_REFILL.burst);
    expect(begun(rate, () => '127.0.0.1', 'loopback')).toBe(Number.POSITIVE_INFINITY);
    expect(begun(rate, () => '127.0.0.1', 'origin')).toBe(120);
  });

  it('is one of the whole /64 of IPv6, which one machine has at hand', () => {
    const rate = new AttemptRate(new FakeClock());
    expect(begun(rate, (turn) => `2001:db8::${turn.toString(16)}`)).toBe(ADDRESS_REFILL.burst);
    expect(begun(rate, () => '2001:db8:0:0:aaaa:bbbb:cccc:dddd')).toBe(0);
    expect(begun(rate, () => '2001:db8:0:1::1')).toBe(ADDRESS_REFILL.burst);
    expect(begun(rate, (turn) => `fe80::${turn}%eth0`)).toBe(ADDRESS_REFILL.burst);
  });

  it('keeps its memory small: beyond 1,000 busy addresses further ones share what one has', () => {
    const clock = new FakeClock();
    const rate = new AttemptRate(clock);
    const address = (turn: number) => `10.1.${turn >> 8}.${turn & 255}`;
    expect(begun(rate, address)).toBe(1000 + ADDRESS_REFILL.burst);
    expect(begun(rate, () => '10.1.0.0')).toBe(ADDRESS_REFILL.burst - 1);
    clock.advance(ADDRESS_REFILL.burst * ADDRESS_REFILL.refillMs);
    expect(begun(rate, () => '10.9.9.9')).toBe(ADDRESS_REFILL.burst);
  });
});
