/** Something that can be done `burst` times at once and comes back one by one, every `refillMs`. */
export interface Refill {
  readonly burst: number;
  readonly refillMs: number;
}

/**
 * How long to wait until one is there, ms; 0 when one is there.
 * @param fullAt monotonic ms at which all of them are there again; 0 or in the past: they are
 */
export function waitForOne(fullAt: number, now: number, { burst, refillMs }: Refill): number {
  return Math.max(0, fullAt - now - (burst - 1) * refillMs);
}

/** `fullAt` after one was used. */
export function afterOne(fullAt: number, now: number, { refillMs }: Refill): number {
  return Math.max(now, fullAt) + refillMs;
}
