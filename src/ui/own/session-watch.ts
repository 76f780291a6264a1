import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../http/contract-login.js';
import type { Reply } from '../daemon/call.js';
import { listenToSession, ownSession, touchSession } from '../daemon/session.js';

/** Touches are told to the daemon at most so often. */
const TOUCH_EVERY_MS = 5000;
/** How often the page looks whether the session is still there; more often where it ends when the person walks away. */
const LOOK_EVERY_MS = { leaves: 3000, stays: 15_000 } as const;

export interface SessionWatch {
  readonly session: SessionView | undefined;
  /** `performance.now()` when the session ends without another touch. */
  readonly endsAt: number | undefined;
  /** The daemon ended it, or will not have known it. */
  readonly ended: boolean;
  /** Somebody signed in again: looks anew. */
  renew(): void;
}

/**
 * Follows the session of this page: tells the daemon that somebody touches the screen, and looks whether the session is
 * still there. Looking does not keep it alive.
 */
export function useSession(): SessionWatch {
  const [shown, setShown] = useState<{ readonly session: SessionView; readonly at: number }>();
  const [ended, setEnded] = useState(false);
  const [round, setRound] = useState(0);
  const touchedAt = useRef(Number.NEGATIVE_INFINITY);
  const leaves = shown?.session.leaves ?? false;

  useEffect(() => {
    if (ended) return;
    let over = false;
    const take = (reply: Reply<unknown>) => {
      if (!over && reply.ok) setShown({ session: reply.value as SessionView, at: performance.now() });
    };
    const look = async () => take(await ownSession());
    const touch = async () => {
      if (performance.now() - touchedAt.current < TOUCH_EVERY_MS) return;
      touchedAt.current = performance.now();
      take(await touchSession());
    };
    const unlisten = listenToSession((what) => {
      if (what === 'ended') setEnded(true);
    });
    void look();
    const timer = window.setInterval(() => void look(), leaves ? LOOK_EVERY_MS.leaves : LOOK_EVERY_MS.stays);
    const press = () => void touch();
    document.addEventListener('pointerdown', press);
    document.addEventListener('keydown', press);
    return () => {
      over = true;
      unlisten();
      window.clearInterval(timer);
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('keydown', press);
    };
  }, [round, ended, leaves]);

  return {
    session: shown?.session,
    endsAt: shown === undefined ? undefined : shown.at + Math.min(shown.session.idleInMs, shown.session.endsInMs),
    ended,
    renew: () => {
      setShown(undefined);
      setEnded(false);
      setRound((n) => n + 1);
    },
  };
}
