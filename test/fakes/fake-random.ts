import type { Random } from '../../src/ports/random.js';

/** The same ids and bytes in every run: a 32-bit xorshift seeded by a number; ids count upward. */
export class FakeRandom implements Random {
  #state: number;
  #count = 0;

  constructor(seed = 1) {
    this.#state = (seed >>> 0) + 0x9e3779b9 || 1;
  }

  /** A well-formed UUID version 7 whose time part is the number of ids made, so ids increase. */
  uuid7(): string {
    this.#count += 1;
    const time = (0x01a000000000 + this.#count).toString(16).padStart(12, '0');
    const tail = Buffer.from(this.bytes(10)).toString('hex');
    const variant = (8 + (Number.parseInt(tail[3]!, 16) & 3)).toString(16);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      let x = this.#state | 0;
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      this.#state = x >>> 0 || 1;
      out[i] = this.#state >>> 24;
    }
    return out;
  }
}
