import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Random } from '../ports/random.js';

/** Randomness of the operating system; UUIDs increase within the process even when the wall clock goes back. */
export class CryptoRandom implements Random {
  uuid7(): string {
    return v7();
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(randomBytes(length));
  }
}
