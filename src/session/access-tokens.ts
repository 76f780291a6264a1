import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ROLES } from '../domain/role.js';
import type { Random } from '../ports/random.js';
import type { SigningKeys } from './signing-keys.js';

/** Longest token that is looked at. */
const MAX_LENGTH = 2048;
const TYPE = 'at+jwt';

const headerSchema = z.strictObject({
  alg: z.literal('EdDSA'),
  typ: z.literal(TYPE),
  kid: z.string().min(1).max(64),
});
const claimsSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().min(1),
  sid: z.string().min(1),
  role: z.enum(ROLES),
  purpose: z.enum(['setup', 'login', 'admin']),
  amr: z.array(z.string()),
  acr: z.enum(['one_factor', 'two_factors']),
  iat: z.int(),
  nbf: z.int(),
  exp: z.int(),
  jti: z.string().min(1),
  boot: z.string().min(1),
});
export type AccessClaims = z.infer<typeof claimsSchema>;
/** What a token says of its session. */
export type SessionClaims = Pick<AccessClaims, 'sub' | 'sid' | 'role' | 'purpose' | 'amr' | 'acr'>;

export interface AccessTokenParts {
  readonly keys: SigningKeys;
  readonly random: Random;
  /** Unix ms by a clock that never jumps. */
  readonly now: () => number;
  readonly issuer: string;
  /** Of this start of the daemon. */
  readonly boot: string;
  readonly lifeSeconds: number;
}

/**
 * Access tokens: JWT (RFC 9068 type) signed with Ed25519. Checked as RFC 8725 says: one algorithm, one type, our own
 * keys only (no key, address or chain out of the token), issuer, audience and every claim required, nothing unknown.
 */
export class AccessTokens {
  readonly #parts: AccessTokenParts;
  readonly #audience: string;

  constructor(parts: AccessTokenParts) {
    this.#parts = parts;
    this.#audience = `${parts.issuer}/api`;
  }

  sign(claims: SessionClaims): Promise<string> {
    const { keys, random, now, issuer, boot, lifeSeconds } = this.#parts;
    const { kid, privateKey } = keys.toSign();
    const at = Math.floor(now() / 1000);
    const all: AccessClaims = {
      ...claims,
      iss: issuer,
      aud: this.#audience,
      iat: at,
      nbf: at,
      exp: at + lifeSeconds,
      jti: random.uuid7(),
      boot,
    };
    return new SignJWT(all).setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid }).sign(privateKey);
  }

  /** The claims of a good token; undefined for anything else. */
  async verify(token: string): Promise<AccessClaims | undefined> {
    const { keys, now, issuer, boot, lifeSeconds } = this.#parts;
    const header = headerOf(token);
    const key = header === undefined ? undefined : keys.toVerify(header.kid);
    if (key === undefined) return undefined;
    let payload: unknown;
    try {
      ({ payload } = await jwtVerify(token, key, {
        algorithms: ['EdDSA'],
        typ: TYPE,
        issuer,
        audience: this.#audience,
        requiredClaims: ['sub', 'sid', 'role', 'purpose', 'amr', 'acr', 'iat', 'nbf', 'exp', 'jti', 'boot'],
        currentDate: new Date(now()),
        clockTolerance: 0,
      }));
    } catch {
      return undefined;
    }
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success || parsed.data.boot !== boot) return undefined;
    const { iat, nbf, exp } = parsed.data;
    return nbf === iat && exp - iat === lifeSeconds && iat * 1000 <= now() ? parsed.data : undefined;
  }
}

/** The header of a token in its one exact form: three parts of canonical base64url, nothing but alg, typ and kid. */
function headerOf(token: string): z.infer<typeof headerSchema> | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;
  try {
    const parsed = headerSchema.safeParse(JSON.parse(Buffer.from(parts[0]!, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** The last character of base64url has spare bits: only one way to write them is taken. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}
