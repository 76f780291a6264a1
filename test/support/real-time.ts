import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { ClockState } from '../../src/domain/attendance.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Random } from '../../src/ports/random.js';

/** Real time for tests against real brokers; the wall clock counts as synchronised. */
export const realClock: Clock = {
  now: () => Date.now(),
  mono: () => Number(process.hrtime.bigint()) / 1e6,
  state: (): ClockState => ({
    sync: 'ntp',
    boot: '5be0cd19137e2179',
    monoMs: Math.round(Number(process.hrtime.bigint()) / 1e6),
  }),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export const realRandom: Random = {
  uuid7: () => v7(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};

/** Waits until the condition holds; the error names what did not happen. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
