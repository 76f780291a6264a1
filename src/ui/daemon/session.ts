import type { SessionView } from '../../http/contract-login.js';
import { type CallOptions, call, type Method, type Reply } from './call.js';

type Listener = (what: 'used' | 'ended') => void;
const listeners = new Set<Listener>();
const tell = (what: 'used' | 'ended') => {
  for (const listener of listeners) listener(what);
};

/** Hears of every request that the session answered, and of its end. The returned function ends it. */
export function listenToSession(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * One request in the session. When the access token has run out it is renewed once and the request is made again; a
 * request that was answered with 401 did nothing. One renewal at a time in all tabs: a refresh token that is used twice
 * ends the session.
 */
export async function ownCall<T>(method: Method, path: string, options: CallOptions = {}): Promise<Reply<T>> {
  let reply = await call<T>(method, path, options);
  if (!reply.ok && reply.status === 401)
    reply = await navigator.locks.request('vestibule-session', async () => {
      const again = await call<T>(method, path, options);
      if (again.ok || again.status !== 401) return again;
      const renewed = await call('POST', '/api/v1/session/refresh', { json: {} });
      return renewed.ok ? call<T>(method, path, options) : again;
    });
  if (reply.ok) tell('used');
  else if (reply.status === 401) tell('ended');
  return reply;
}

export const ownSession = (): Promise<Reply<SessionView>> => ownCall('GET', '/api/v1/session');
export const touchSession = (): Promise<Reply<unknown>> => ownCall('POST', '/api/v1/session/touch');
/** Signs out. Whatever the answer is, this page shows nothing more of the person. */
export const endSession = (): Promise<Reply<void>> => call('DELETE', '/api/v1/session');
