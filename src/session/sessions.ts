import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';
import { AccessTokens, type SessionClaims } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import {
  type EndReason,
  factorsSince,
  type IssuedSession,
  isFresh,
  type OpenSession,
  type SessionEnded,
  type SessionFacts,
  type SessionRequest,
  type SessionView,
} from './session.js';
import { SessionLimits } from './session-limits.js';
import { SigningKeys } from './signing-keys.js';

/** Sessions of one person; a further one ends the one that was used the longest time ago. */
export const MAX_SESSIONS_OF_PERSON = 5;
/** Sessions of everybody. */
export const MAX_SESSIONS = 500;
/** Sessions are looked through so often while there are any. */
const SWEEP_MS = 500;

export interface SessionsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Config['session'];
  /** Names this kiosk in its tokens. */
  readonly issuer: string;
  /** Whether faces can be seen now: without a camera nobody is taken for gone. */
  readonly cameraRunning: () => boolean;
}

/**
 * Who is signed in. Everything lies in memory: a restart of the daemon ends every session, and so does the end of a
 * person's account, the absolute limit, idleness and, at the kiosk, walking away (docs/adr/0087). Durations are
 * monotonic: a wall clock that jumps ends nothing and keeps nothing open.
 */
export class Sessions {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #limits: SessionLimits;
  readonly #accessSeconds: number;
  readonly #issuer: string;
  #access: AccessTokens | undefined;
  readonly #refresh: RefreshTokens;
  readonly #sessions = new Map<string, OpenSession>();
  readonly #ended = new Set<(ended: SessionEnded) => void>();
  readonly #opened = new Set<(opened: Omit<SessionEnded, 'reason'>) => void>();
  #cancelSweep: (() => void) | undefined;

  constructor({ clock, random, config, issuer, cameraRunning }: SessionsParts) {
    this.#clock = clock;
    this.#random = random;
    this.#limits = new SessionLimits(config, cameraRunning);
    this.#accessSeconds = config.accessMinutes * 60;
    this.#issuer = issuer;
    this.#refresh = new RefreshTokens(random);
  }

  /** Makes the keys of this start; tokens of an earlier one are good for nothing. */
  start(): void {
    const clock = this.#clock;
    // Tokens are made and read by this process only: the wall clock at its start, moved on by the monotonic one.
    const offset = clock.now() - clock.mono();
    this.#access = new AccessTokens({
      keys: new SigningKeys({ clock, random: this.#random, tokenLifeMs: this.#accessSeconds * 1000 }),
      random: this.#random,
      now: () => offset + clock.mono(),
      issuer: this.#issuer,
      boot: this.#id(),
      lifeSeconds: this.#accessSeconds,
    });
  }

  /** Ends every session. */
  stop(): void {
    for (const session of [...this.#sessions.values()]) this.#end(session, 'stopped');
    this.#access = undefined;
  }

  /** Opens a session with a new id and tokens. @throws VestibuleError `busy` */
  async open(request: SessionRequest): Promise<IssuedSession> {
    if (this.#access === undefined) throw new VestibuleError('busy', 'The kiosk is starting or stopping.');
    this.#sweep();
    const own = [...this.#sessions.values()].filter(({ personId }) => personId === request.personId);
    if (own.length >= MAX_SESSIONS_OF_PERSON) {
      const idle = own.reduce((oldest, one) => (one.usedAt < oldest.usedAt ? one : oldest));
      this.#end(idle, 'replaced');
    }
    if (this.#sessions.size >= MAX_SESSIONS) throw new VestibuleError('busy', 'Too many people are signed in.');
    const now = this.#clock.mono();
    const { amr, ...rest } = request;
    const session: OpenSession = {
      ...rest,
      sessionId: this.#id(),
      openedAt: now,
      usedAt: now,
      seenAt: now,
      factors: new Map(amr.map((name) => [name, now])),
    };
    this.#sessions.set(session.sessionId, session);
    this.#watch();
    const { sessionId, personId, place } = session;
    for (const listener of this.#opened) listener({ sessionId, personId, place });
    const issued = await this.#issued(session, this.#refresh.begin(sessionId));
    if (issued === undefined) throw new VestibuleError('attempt_over', 'The session ended while it was opened.');
    return issued;
  }

  /**
   * The session of an access token; undefined for anything else.
   * @param how touch: the request counts as a sign of life of the person; the default
   */
  async verify(
    accessToken: string,
    how: { readonly touch: boolean } = { touch: true },
  ): Promise<SessionFacts | undefined> {
    const claims = await this.#access?.verify(accessToken);
    const session = claims === undefined ? undefined : this.#alive(claims.sid);
    if (claims === undefined || session === undefined) return undefined;
    const { sessionId, personId, role, purpose } = session;
    if (claims.sub !== personId || claims.role !== role || claims.purpose !== purpose) return undefined;
    if (how.touch) this.touch(sessionId);
    return { sessionId, personId, role, purpose, fresh: isFresh(session, this.#clock.mono()) };
  }

  /** A new pair for the newest refresh token; undefined for anything else. One that was used ends its session. */
  async refresh(refreshToken: string): Promise<IssuedSession | undefined> {
    const rotation = this.#refresh.rotate(refreshToken);
    if (rotation.kind === 'unknown') return undefined;
    const session = this.#alive(rotation.sessionId);
    if (session === undefined) return undefined;
    if (rotation.kind === 'rotated') return this.#issued(session, rotation.token);
    this.#end(session, 'reuse');
    return undefined;
  }

  /** The person touched the screen or asked for something. */
  touch(sessionId: string): void {
    const session = this.#alive(sessionId);
    if (session !== undefined) session.usedAt = session.seenAt = this.#clock.mono();
  }

  /** Somebody stands near before the camera: nobody at the kiosk has left. */
  sawFace(): void {
    const now = this.#clock.mono();
    for (const session of this.#sessions.values()) {
      // Who has left already does not come back because the next person stands there.
      if (session.place === 'kiosk' && this.#limits.overdue(session, now) === undefined) session.seenAt = now;
    }
  }

  view(sessionId: string): SessionView | undefined {
    const session = this.#alive(sessionId);
    return session === undefined ? undefined : this.#limits.view(session, this.#clock.mono());
  }

  /** Further factors passed in an open session. False when it is over. */
  stepUp(sessionId: string, amr: readonly string[]): boolean {
    const session = this.#alive(sessionId);
    if (session === undefined) return false;
    const now = this.#clock.mono();
    for (const name of amr) session.factors.set(name, now);
    session.usedAt = session.seenAt = now;
    return true;
  }

  /** Logout. */
  end(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (session !== undefined) this.#end(session, 'logout');
  }

  /** Ends what a person has open: disabled, deleted, another role, another password. */
  endAllOf(personId: string, exceptId?: string): void {
    for (const session of [...this.#sessions.values()]) {
      if (session.personId === personId && session.sessionId !== exceptId) this.#end(session, 'revoked');
    }
  }

  /** Sessions that a person has open. */
  countOf(personId: string): number {
    this.#sweep();
    return [...this.#sessions.values()].filter((session) => session.personId === personId).length;
  }

  /** Ids of the persons whose sessions are open at the kiosk's own screen. */
  openAtKiosk(): readonly string[] {
    this.#sweep();
    const here = [...this.#sessions.values()].filter(({ place }) => place === 'kiosk');
    return [...new Set(here.map(({ personId }) => personId))];
  }

  onOpened(listener: (opened: Omit<SessionEnded, 'reason'>) => void): () => void {
    this.#opened.add(listener);
    return () => this.#opened.delete(listener);
  }

  /** Hears of every end, at the latest half a second after it. */
  onEnded(listener: (ended: SessionEnded) => void): () => void {
    this.#ended.add(listener);
    return () => this.#ended.delete(listener);
  }

  /** 128 random bits. */
  #id(): string {
    return Buffer.from(this.#random.bytes(16)).toString('base64url');
  }

  /** Undefined when the session ends in the meantime. */
  async #issued(session: OpenSession, refreshToken: string): Promise<IssuedSession | undefined> {
    const claims: SessionClaims = {
      sub: session.personId,
      sid: session.sessionId,
      role: session.role,
      purpose: session.purpose,
      amr: [...session.factors.keys()],
      acr: factorsSince(session.factors, session.openedAt) >= 2 ? 'two_factors' : 'one_factor',
    };
    const accessToken = await this.#access?.sign(claims);
    const view = this.view(session.sessionId);
    if (accessToken === undefined || view === undefined) return undefined;
    return {
      session: view,
      tokens: { accessToken, accessExpiresInSeconds: this.#accessSeconds, refreshToken, tokenType: 'Bearer' },
    };
  }

  /** The session while nothing has ended it. */
  #alive(sessionId: string): OpenSession | undefined {
    const session = this.#sessions.get(sessionId);
    if (session === undefined) return undefined;
    const reason = this.#limits.overdue(session, this.#clock.mono());
    if (reason === undefined) return session;
    this.#end(session, reason);
    return undefined;
  }

  #end(session: OpenSession, reason: EndReason): void {
    const { sessionId, personId, place } = session;
    if (!this.#sessions.delete(sessionId)) return;
    this.#refresh.end(sessionId);
    if (this.#sessions.size === 0) {
      this.#cancelSweep?.();
      this.#cancelSweep = undefined;
    }
    for (const listener of this.#ended) listener({ sessionId, personId, place, reason });
  }

  #sweep(): void {
    const now = this.#clock.mono();
    for (const session of [...this.#sessions.values()]) {
      const reason = this.#limits.look(session, now);
      if (reason !== undefined) this.#end(session, reason);
    }
  }

  #watch(): void {
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => {
      this.#cancelSweep = undefined;
      this.#sweep();
      if (this.#sessions.size > 0) this.#watch();
    });
  }
}
