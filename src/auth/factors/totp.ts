import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret } from 'otpauth';

/** Length of a time step, ms (RFC 6238 section 5.2). */
export const TOTP_STEP_MS = 30_000;
const DIGITS = 6;
/** Steps that a phone's clock may be early or late. */
const SKEW = 1;

export type TotpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512';

/** Time step of a moment. @param wallMs Unix ms */
export function totpStep(wallMs: number): number {
  return Math.floor(wallMs / TOTP_STEP_MS);
}

/**
 * Code of a time step (RFC 6238, RFC 4226).
 * @param secret base32
 * @param options authenticator apps know SHA1 and 6 digits, the defaults
 */
export function totpCode(
  secret: string,
  step: number,
  options: { readonly algorithm?: TotpAlgorithm; readonly digits?: number } = {},
): string {
  const { algorithm = 'SHA1', digits = DIGITS } = options;
  return HOTP.generate({ secret: Secret.fromBase32(secret), counter: step, algorithm, digits });
}

/**
 * The time step whose code this is: the present one, the one before or the one after. All three are computed and
 * compared in constant time whatever is found.
 * @param secret base32
 * @returns undefined when it is none of them
 */
export function matchTotp(secret: string, code: string, wallMs: number): number | undefined {
  const typed = Buffer.from(code.padEnd(DIGITS).slice(0, DIGITS), 'latin1');
  const isWhole = /^\d{6}$/.test(code);
  const now = totpStep(wallMs);
  let found: number | undefined;
  for (let step = now - SKEW; step <= now + SKEW; step++) {
    // Before 1970 there is no step; a kiosk that does not know the time takes no codes.
    if (step < 0) continue;
    const isEqual = timingSafeEqual(typed, Buffer.from(totpCode(secret, step), 'latin1'));
    if (isEqual && isWhole) found = step;
  }
  return found;
}
