import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../ports/random.js';
import { typedCode } from './otp-code.js';

/** Crockford's base 32: no I, L, O and U, so that print and handwriting are read back right. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 16;
const GROUP = 4;
const RECOVERY_CODES = 10;

/** A recovery code as it is kept. */
export interface KeptRecoveryCode {
  readonly hash: string;
  readonly usedAt?: string;
}

/** Fresh recovery codes of 80 random bits each, for example `7K3M-Q0ZD-V9TA-X2HE`. Shown once, kept as hashes. */
export function makeRecoveryCodes(random: Random): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = [...random.bytes(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
    return letters.match(new RegExp(`.{${GROUP}}`, 'g'))!.join('-');
  });
}

/**
 * What is kept of a recovery code. A fast hash will do: nobody goes through 2^80 codes.
 * @param personId the same code of two people has two hashes
 */
export function hashRecoveryCode(personId: string, code: string): string {
  return createHash('sha256')
    .update(`vestibule/recovery/1 ${personId} ${cleaned(code)}`, 'utf8')
    .digest('base64url');
}

/** Whether this was typed as a recovery code: longer than every other code. */
export function looksLikeRecoveryCode(text: string): boolean {
  return typedCode(text).length >= LENGTH;
}

/** Index of the unused code that this is. All are compared, in constant time. */
export function matchRecoveryCode(
  personId: string,
  code: string,
  kept: readonly KeptRecoveryCode[],
): number | undefined {
  const typed = Buffer.from(hashRecoveryCode(personId, code), 'latin1');
  let found: number | undefined;
  for (const [index, { hash, usedAt }] of kept.entries()) {
    const stored = Buffer.from(hash, 'latin1');
    const isEqual = stored.length === typed.length && timingSafeEqual(stored, typed);
    if (isEqual && usedAt === undefined) found = index;
  }
  return found;
}

/** Reads the letters that are left out as what they look like. */
function cleaned(text: string): string {
  return typedCode(text).replace(/[IL]/g, '1').replace(/O/g, '0');
}
