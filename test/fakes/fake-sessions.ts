import type { SessionPurpose, SessionView } from '../../src/http/contract-login.js';
import type { IssuedSession, SessionDesk, SessionFacts } from '../../src/http/parts-login.js';
import type { FakePerson } from './fake-people.js';

interface Open {
  readonly sessionId: string;
  readonly person: FakePerson;
  readonly purpose: SessionPurpose;
  readonly amr: readonly string[];
  fresh: boolean;
  access: string;
  refresh: string;
  touchedAt: number;
  readonly openedAt: number;
}

/** Sessions whose tokens are plain words; real rules of time, no signature. */
export class FakeSessions implements SessionDesk {
  idleMs = 180_000;
  absoluteMs = 3_600_000;
  accessSeconds = 300;
  /** Sessions that a page or a test ended, oldest first. */
  readonly ended: string[] = [];
  readonly #now: () => number;
  readonly #open = new Map<string, Open>();
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Opens a session as a granted attempt or a registration does. */
  issue(
    person: FakePerson,
    purpose: SessionPurpose,
    options: { amr?: readonly string[]; fresh?: boolean } = {},
  ): IssuedSession {
    const n = ++this.#count;
    const amr = options.amr ?? ['pwd', 'otp'];
    const session: Open = {
      sessionId: `s${n}`,
      person,
      purpose,
      amr,
      fresh: options.fresh ?? amr.length > 1,
      access: `access.${n}.0`,
      refresh: `refresh.${n}.0`,
      touchedAt: this.#now(),
      openedAt: this.#now(),
    };
    this.#open.set(session.sessionId, session);
    return this.#issued(session);
  }

  /** The session of the newest login, for tests. */
  newest(): string | undefined {
    return [...this.#open.keys()].at(-1);
  }

  /** As time does after five minutes. */
  stale(sessionId: string): void {
    const session = this.#open.get(sessionId);
    if (session !== undefined) session.fresh = false;
  }

  stepUp(sessionId: string): void {
    const session = this.#open.get(sessionId);
    if (session !== undefined) session.fresh = true;
  }

  countOf(personId: string): number {
    return [...this.#open.values()].filter(({ person }) => person.id === personId).length;
  }

  async verify(accessToken: string, how = { touch: true }): Promise<SessionFacts | undefined> {
    const session = [...this.#open.values()].find((one) => one.access === accessToken);
    if (session === undefined || this.view(session.sessionId) === undefined) return undefined;
    if (how.touch) session.touchedAt = this.#now();
    const { sessionId, person, purpose, fresh } = session;
    return { sessionId, personId: person.id, role: person.role, purpose, fresh };
  }

  view(sessionId: string): SessionView | undefined {
    const session = this.#open.get(sessionId);
    if (session === undefined) return undefined;
    const now = this.#now();
    const idleInMs = session.touchedAt + this.idleMs - now;
    const endsInMs = session.openedAt + this.absoluteMs - now;
    if (idleInMs <= 0 || endsInMs <= 0) {
      this.end(sessionId);
      return undefined;
    }
    const { person, purpose, amr, fresh } = session;
    return {
      person: { id: person.id, name: person.name },
      role: person.role,
      purpose,
      amr,
      fresh,
      idleInMs,
      endsInMs,
      leaves: purpose !== 'setup',
    };
  }

  touch(sessionId: string): void {
    const session = this.#open.get(sessionId);
    if (session !== undefined) session.touchedAt = this.#now();
  }

  async refresh(refreshToken: string): Promise<IssuedSession | undefined> {
    for (const session of this.#open.values()) {
      if (session.refresh === refreshToken) {
        const [, n, generation] = session.access.split('.');
        session.access = `access.${n}.${Number(generation) + 1}`;
        session.refresh = `refresh.${n}.${Number(generation) + 1}`;
        return this.#issued(session);
      }
      if (session.refresh.split('.')[1] === refreshToken.split('.')[1]) this.end(session.sessionId);
    }
    return undefined;
  }

  end(sessionId: string): void {
    if (this.#open.delete(sessionId)) this.ended.push(sessionId);
  }

  endAllOf(personId: string): void {
    for (const { sessionId, person } of [...this.#open.values()]) if (person.id === personId) this.end(sessionId);
  }

  #issued(session: Open): IssuedSession {
    return {
      session: this.view(session.sessionId)!,
      tokens: {
        accessToken: session.access,
        accessExpiresInSeconds: this.accessSeconds,
        refreshToken: session.refresh,
        tokenType: 'Bearer',
      },
    };
  }
}
