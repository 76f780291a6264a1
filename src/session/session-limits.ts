import type { Config } from '../config/schema.js';
import { type EndReason, isFresh, type OpenSession, type SessionView } from './session.js';

/** When sessions end by themselves. All times are monotonic ms. */
export class SessionLimits {
  readonly #idleMs: number;
  readonly #absoluteMs: number;
  readonly #leftMs: number;
  readonly #cameraRunning: () => boolean;

  /** @param cameraRunning without a camera nobody is taken for gone */
  constructor(config: Config['session'], cameraRunning: () => boolean) {
    this.#idleMs = config.idleMinutes * 60_000;
    this.#absoluteMs = config.absoluteMinutes * 60_000;
    this.#leftMs = config.leftSeconds * 1000;
    this.#cameraRunning = cameraRunning;
  }

  /** Why a session is over now; undefined while it is not. */
  overdue(session: OpenSession, now: number): EndReason | undefined {
    if (now >= session.openedAt + this.#absoluteMs) return 'absolute';
    if (now >= session.usedAt + this.#idleMs) return 'idle';
    if (session.place === 'kiosk' && now >= session.seenAt + this.#leftMs && this.#cameraRunning()) return 'left';
    return undefined;
  }

  /** Called often: the time without a camera does not count, it says nothing about who stands there. */
  look(session: OpenSession, now: number): EndReason | undefined {
    if (!this.#cameraRunning()) session.seenAt = now;
    return this.overdue(session, now);
  }

  view(session: OpenSession, now: number): SessionView {
    const { personId, name, role, purpose, place, openedAt, usedAt, factors } = session;
    return {
      person: { id: personId, name },
      role,
      purpose,
      amr: [...factors.keys()],
      fresh: isFresh(session, now),
      idleInMs: Math.max(0, usedAt + this.#idleMs - now),
      endsInMs: Math.max(0, openedAt + this.#absoluteMs - now),
      leaves: place === 'kiosk' && this.#cameraRunning(),
    };
  }
}
