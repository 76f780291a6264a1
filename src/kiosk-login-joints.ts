import { watchPresence } from './auth/presence.js';
import type { Login } from './kiosk-login.js';
import type { Recognition } from './kiosk-recognition.js';
import type { Messaging } from './messaging/messaging.js';
import type { Clock } from './ports/clock.js';

/**
 * Joins the login terminal with the recognition beside it: attendance pauses while somebody signs in or is signed in at
 * the kiosk, a face keeps a session there alive, and decisions and lockouts are announced.
 */
export function joinLogin(
  { attempts, sessions, regulation }: Login,
  { flow, vision }: Pick<Recognition, 'flow' | 'vision'>,
  clock: Clock,
  messaging: () => Pick<Messaging, 'onDecision' | 'alarm'> | undefined,
): void {
  flow.onDecision((decision) => messaging()?.onDecision(decision));
  // Whoever had a door opened still stands there when recognition goes on, and has not come to attend.
  const served = new Set<string>();
  attempts.onDecision((decision) => {
    if (decision.outcome === 'granted' && decision.personId !== undefined) served.add(decision.personId);
    messaging()?.onDecision(decision);
  });
  attempts.onKioskBusy((busy) => {
    if (busy) {
      served.clear();
      flow.suspend('attempt');
    } else flow.resume('attempt', [...served]);
  });
  sessions.onOpened(({ place }) => {
    if (place === 'kiosk') flow.suspend('session');
  });
  sessions.onEnded(({ place, personId }) => {
    if (place === 'kiosk' && sessions.openAtKiosk().length === 0) flow.resume('session', [personId]);
  });
  watchPresence({ vision, clock }, () => sessions.sawFace());
  regulation.onLock(({ subject, untilMs }) => {
    const isPerson = subject.startsWith('p_');
    messaging()?.alarm('lockout', {
      ...(isPerson && { personId: subject }),
      ...(untilMs !== undefined && { untilMs }),
    });
  });
}
