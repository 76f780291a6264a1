import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports/random.js';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
/** `r.<family>.<secret>`, base64url. */
const FORM = /^r\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export type Rotation =
  | { readonly kind: 'rotated'; readonly sessionId: string; readonly token: string }
  /** A token of a living family that is not the newest: it was used before, or somebody makes them up. */
  | { readonly kind: 'reused'; readonly sessionId: string }
  | { readonly kind: 'unknown' };

/**
 * Refresh tokens: one family a session, one living token a family (RFC 9700 section 4.14.2). Rotation happens in one
 * step of the loop, so of two requests with the same token one is first and the other one is a reuse. There is no
 * grace for an answer that got lost (docs/adr/0087). Only hashes are kept.
 */
export class RefreshTokens {
  readonly #random: Random;
  readonly #families = new Map<string, { readonly sessionId: string; hash: Buffer }>();
  readonly #familyOf = new Map<string, string>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The first token of a new family. */
  begin(sessionId: string): string {
    const family = Buffer.from(this.#random.bytes(ID_BYTES)).toString('base64url');
    const secret = this.#secret();
    this.#families.set(family, { sessionId, hash: digest(secret) });
    this.#familyOf.set(sessionId, family);
    return `r.${family}.${secret}`;
  }

  rotate(token: string): Rotation {
    const [, family = '', given = ''] = FORM.exec(token) ?? [];
    const known = this.#families.get(family);
    if (known === undefined) return { kind: 'unknown' };
    if (!timingSafeEqual(known.hash, digest(given))) return { kind: 'reused', sessionId: known.sessionId };
    const secret = this.#secret();
    known.hash = digest(secret);
    return { kind: 'rotated', sessionId: known.sessionId, token: `r.${family}.${secret}` };
  }

  /** Every token of the session is unknown from now on. */
  end(sessionId: string): void {
    const family = this.#familyOf.get(sessionId);
    this.#familyOf.delete(sessionId);
    if (family !== undefined) this.#families.delete(family);
  }

  #secret(): string {
    return Buffer.from(this.#random.bytes(SECRET_BYTES)).toString('base64url');
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
