import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../ports/random.js';

/** Bytes from here on are drawn again: 250 is the largest multiple of ten in a byte. */
const BYTES_FAIR = 250;

/** Decimal digits, each equally likely (rejection sampling); leading zeros are kept. */
export function drawDigits(random: Random, digits: number): string {
  let code = '';
  while (code.length < digits) {
    for (const byte of random.bytes(digits * 2)) {
      if (byte < BYTES_FAIR && code.length < digits) code += String(byte % 10);
    }
  }
  return code;
}

/** A code as it was typed, without the blanks and hyphens that people put in, letters in upper case. */
export function typedCode(text: string): string {
  return text.replace(/[\s-]/g, '').toUpperCase();
}

/** Keeps codes as HMAC-SHA-256 under a key that lives as long as the process; compares in constant time. */
export class CodeSeal {
  readonly #key: Uint8Array;

  constructor(random: Random) {
    this.#key = random.bytes(32);
  }

  /** @param binding what the code is good for: the same code elsewhere has another seal */
  of(code: string, binding: string): Uint8Array {
    return createHmac('sha256', this.#key).update(`${binding.length}:${binding}${code}`, 'utf8').digest();
  }

  matches(seal: Uint8Array, code: string, binding: string): boolean {
    return timingSafeEqual(seal, this.of(code, binding));
  }
}
