import type { Place } from '../domain/attempt.js';
import type { Role } from '../domain/role.js';

export type SessionPurpose = 'setup' | 'login' | 'admin';

/** Why a session ended. `replaced`: the person opened more than are kept. `reuse`: a refresh token came twice. */
export type EndReason = 'logout' | 'idle' | 'absolute' | 'left' | 'replaced' | 'reuse' | 'revoked' | 'stopped';

export interface SessionEnded {
  readonly sessionId: string;
  readonly personId: string;
  readonly place: Place;
  readonly reason: EndReason;
}

/** Whom a session is opened for and by what. */
export interface SessionRequest {
  readonly personId: string;
  /** Name as it is shown. */
  readonly name: string;
  readonly role: Role;
  readonly purpose: SessionPurpose;
  /** RFC 8176 names of the factors that have just passed. */
  readonly amr: readonly string[];
  readonly place: Place;
}

/** A session as a guard sees it. */
export interface SessionFacts {
  readonly sessionId: string;
  readonly personId: string;
  readonly role: Role;
  readonly purpose: SessionPurpose;
  /** Two different factors passed within the last five minutes. */
  readonly fresh: boolean;
}

/** A session as its page sees it; the wire form is `sessionViewSchema`. */
export interface SessionView {
  readonly person: { readonly id: string; readonly name: string };
  readonly role: Role;
  readonly purpose: SessionPurpose;
  readonly amr: readonly string[];
  readonly fresh: boolean;
  readonly idleInMs: number;
  readonly endsInMs: number;
  readonly leaves: boolean;
}

export interface IssuedSession {
  readonly session: SessionView;
  readonly tokens: {
    readonly accessToken: string;
    readonly accessExpiresInSeconds: number;
    readonly refreshToken: string;
    readonly tokenType: 'Bearer';
  };
}

/** An open session. Lives in memory only; all times are monotonic ms. */
export interface OpenSession extends Omit<SessionRequest, 'amr'> {
  readonly sessionId: string;
  readonly openedAt: number;
  /** Last request or touch. */
  usedAt: number;
  /** Last sign that the person still stands there: a face, a touch or a request. */
  seenAt: number;
  /** RFC 8176 name → when that factor last passed. */
  readonly factors: Map<string, number>;
}

/** Two factors within so long make a session fresh (docs/adr/0087). */
export const FRESH_MS = 5 * 60_000;

/** Names of RFC 8176 that say no factor, or the same one by another way. */
const SAME_FACTOR: Readonly<Record<string, string>> = { sms: 'otp', tel: 'otp', mfa: '', mca: '', user: '', rba: '' };

/** Different factors that passed at `since` or later. */
export function factorsSince(factors: ReadonlyMap<string, number>, since: number): number {
  const named = [...factors].filter(([, at]) => at >= since).map(([name]) => SAME_FACTOR[name] ?? name);
  return new Set(named.filter((name) => name !== '')).size;
}

/** Two different factors passed within the last five minutes. */
export function isFresh(session: OpenSession, now: number): boolean {
  return factorsSince(session.factors, now - FRESH_MS) >= 2;
}
