/** Cryptographic randomness and ids. */
export interface Random {
  /** UUID version 7 (RFC 9562), increasing within one process. */
  uuid7(): string;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/**
 * A whole number from 0 to n − 1, all equally likely: values beyond the last full multiple of n are drawn again.
 * @param n 1 to 2^32
 */
export function pickFrom(random: Pick<Random, 'bytes'>, n: number): number {
  const all = 2 ** 32;
  if (!Number.isInteger(n) || n < 1 || n > all) throw new RangeError(`cannot pick one of ${n}`);
  const fair = all - (all % n);
  for (;;) {
    const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
    const value = ((a * 256 + b) * 256 + c) * 256 + d;
    if (value < fair) return value % n;
  }
}
