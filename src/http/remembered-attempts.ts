import type { Clock } from '../ports/clock.js';
import { AttemptRate } from './attempt-rate.js';
import type { AttemptAnswer, AttemptView } from './contract-login.js';
import { sessionCookies } from './cookies.js';
import type { Caller } from './parts.js';
import type { LoginParts } from './parts-login.js';
import { Refusal } from './refusal.js';
import { type Answer, type Exchange, json } from './route.js';

/** Attempts from elsewhere that may be open at the same time; the kiosk's own page always finds room. */
const MAX_REMOTE_ATTEMPTS = 20;
/** The same of one address of the network. Behind a proxy all have one address. */
export const MAX_ATTEMPTS_OF_ADDRESS = 4;
/** Attempts that are remembered; the oldest is forgotten, and is then one of a page. */
const MAX_REMEMBERED = 256;

interface Remembered {
  readonly client: 'page' | 'api';
  readonly from: Caller['from'];
  readonly address: string;
}

/** What the HTTP room knows of attempts besides the machine: who began it and how it wants its session. */
export class RememberedAttempts {
  readonly #login: Pick<LoginParts, 'attempts' | 'sessions'>;
  readonly #rate: AttemptRate;
  readonly #known = new Map<string, Remembered>();

  constructor(login: Pick<LoginParts, 'attempts' | 'sessions'>, clock: Pick<Clock, 'mono'>) {
    this.#login = login;
    this.#rate = new AttemptRate(clock);
  }

  /** Throws 429 when too many attempts from elsewhere are open, or were begun in a short time. */
  makeRoom({ caller, request }: Exchange): void {
    if (caller.from === 'loopback') return;
    const open = [...this.#known].filter(([id, { from }]) => from !== 'loopback' && this.#isOpen(id));
    const address = request.socket.remoteAddress;
    const own = open.filter(([, one]) => one.from === 'lan' && one.address === address).length;
    const full = caller.from === 'lan' && own >= MAX_ATTEMPTS_OF_ADDRESS;
    if (open.length >= MAX_REMOTE_ATTEMPTS || full) {
      throw new Refusal(429, 'busy', 'Too many people are signing in.', 'Try again in a minute.', {
        'Retry-After': '60',
      });
    }
    this.#rate.take(caller.from, address ?? '');
  }

  remember(id: string, client: 'page' | 'api', { caller, request }: Exchange): void {
    this.#known.set(id, { client, from: caller.from, address: request.socket.remoteAddress ?? '' });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_REMEMBERED) break;
      this.#known.delete(oldest);
    }
  }

  /** An attempt of the kiosk is gone on with at the kiosk, one of another browser there. */
  check(id: string, caller: Caller): void {
    const from = this.#known.get(id)?.from ?? 'loopback';
    if ((from === 'lan') !== (caller.from === 'lan'))
      throw new Refusal(410, 'attempt_over', 'There is no such attempt.', 'Begin again.');
  }

  forget(id: string): void {
    this.#known.delete(id);
  }

  /** The answer to an attempt; with the session that it has opened, once. */
  async answer(attempt: AttemptView, exchange: Exchange, status = 200): Promise<Answer> {
    const client = this.#known.get(attempt.id)?.client ?? 'page';
    if (attempt.phase === 'denied') this.forget(attempt.id);
    const issued = attempt.phase === 'granted' ? this.#login.attempts.takeSession(attempt.id) : undefined;
    if (issued === undefined) return json({ attempt } satisfies AttemptAnswer, status);
    await endFormer(this.#login.sessions, exchange.caller, issued.tokens.accessToken);
    if (client === 'api') return json({ attempt, tokens: issued.tokens } satisfies AttemptAnswer, status);
    return json({ attempt } satisfies AttemptAnswer, status, sessionCookies(issued.tokens, exchange.secure));
  }

  #isOpen(id: string): boolean {
    try {
      const { phase } = this.#login.attempts.view(id);
      if (phase === 'identify' || phase === 'factors') return true;
    } catch {
      // Over.
    }
    this.#known.delete(id);
    return false;
  }
}

/** A session that this caller had is not left open behind the new one. */
export async function endFormer(
  sessions: LoginParts['sessions'],
  { session }: Caller,
  accessToken: string,
): Promise<void> {
  if (session === undefined) return;
  const opened = await sessions.verify(accessToken);
  if (opened?.sessionId !== session.sessionId) sessions.end(session.sessionId);
}
