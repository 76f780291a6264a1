import { VestibuleError } from '../../domain/errors.js';
import type { Clock } from '../../ports/clock.js';
import type { CodeMessenger, CodeProvider, SendOutcome } from '../../ports/messenger.js';
import type { Random } from '../../ports/random.js';
import { type BudgetTicket, type CodeBudget, resendDelayMs, SENDS_MAX } from '../code-budget.js';
import { CHANNELS, type ChannelId } from './otp-channels.js';
import { CodeSeal, drawDigits } from './otp-code.js';
import { CodeDesk, type SentCode } from './sent-code.js';

const CHECKS_MAX = 5;

export type SendVerdict =
  | { readonly kind: 'sent' }
  | {
      readonly kind: 'refused';
      readonly message: 'code_not_sent' | 'code_too_soon' | 'code_limit';
      readonly waitMs?: number;
    };

/** `over`: dead, used up or another person's; a new code is needed. `none`: none was asked for. */
export type SentVerdict = 'right' | 'wrong' | 'over' | 'unavailable' | 'none';

export interface SendRequest {
  readonly key: string;
  /** Undefined: nobody has this name. */
  readonly personId: string | undefined;
  readonly id: ChannelId;
  /** Where the code goes; undefined where the person has no such number or address. */
  readonly destination: string | undefined;
  /** Something proved who this is. */
  readonly proven: boolean;
}

/** Faults after which nothing can have gone out. */
const CERTAINLY_NOT_SENT: readonly string[] = [
  'destination_refused',
  'channel_unsuited',
  'rate_limited',
  'not_configured',
  'refused',
];

/**
 * Codes that were sent, in memory only: a restart ends them all. Each is good for one key and one person, for five
 * checks, for its life by the monotonic clock, and for one success (docs/adr/0083).
 */
export class SentCodes {
  readonly #clock: Pick<Clock, 'mono' | 'after'>;
  readonly #random: Random;
  readonly #messengers: ReadonlyMap<ChannelId, CodeMessenger | CodeProvider>;
  readonly #budget: CodeBudget;
  readonly #settings: { digits: number; lifeSeconds: number; from: string; language: string };
  readonly #onFault: (error: unknown) => void;
  readonly #seal: CodeSeal;
  readonly #desk: CodeDesk;
  /** How long the last answer of a provider took, ms. */
  #providerMs = 0;

  constructor(parts: {
    clock: Pick<Clock, 'mono' | 'after'>;
    random: Random;
    messengers: ReadonlyMap<ChannelId, CodeMessenger | CodeProvider>;
    budget: CodeBudget;
    settings: { digits: number; lifeSeconds: number; from: string; language: string };
    onFault: (error: unknown) => void;
  }) {
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#messengers = parts.messengers;
    this.#budget = parts.budget;
    this.#settings = parts.settings;
    this.#onFault = parts.onFault;
    this.#seal = new CodeSeal(parts.random);
    this.#desk = new CodeDesk(parts.clock);
  }

  /** The code last sent for a key. */
  of(key: string): SentCode | undefined {
    return this.#desk.of(key);
  }

  /** How long until the next code may be asked for, ms. */
  resendInMs(key: string, personId: string | undefined, proven: boolean): number {
    if (proven && personId !== undefined) return this.#budget.waitMs(personId);
    return Math.max(0, this.#desk.resendAt(key) - this.#clock.mono());
  }

  forget(key: string): void {
    this.#desk.forget(key);
  }

  /**
   * Makes a code and sends it; a former one of the same key is dead from then on. Whoever proved nothing gets the same
   * answer at the same time whether anything goes out or not: it is sent behind his back, with the same limits.
   */
  async send(request: SendRequest): Promise<SendVerdict> {
    return request.proven ? this.#sendProven(request) : this.#sendUnproven(request);
  }

  async #sendProven(request: SendRequest): Promise<SendVerdict> {
    const { personId, destination } = request;
    if (personId === undefined || destination === undefined) return { kind: 'refused', message: 'code_not_sent' };
    const ticket = await this.#take(personId, request.id);
    if (!('failed' in ticket)) return ticket;
    const { sent, code } = this.#make(request);
    const outcome = await this.#carry(sent, destination, code, ticket);
    if (outcome.kind === 'sent') return { kind: 'sent' };
    this.#desk.drop(request.key, sent);
    if (outcome.fault !== 'rate_limited') return { kind: 'refused', message: 'code_not_sent' };
    const { retryAfterMs } = outcome;
    return {
      kind: 'refused',
      message: 'code_limit',
      ...(retryAfterMs !== undefined && { waitMs: retryAfterMs }),
    };
  }

  #sendUnproven(request: SendRequest): SendVerdict {
    const { key, personId, destination } = request;
    const waitMs = this.resendInMs(key, personId, false);
    if (waitMs > 0) return { kind: 'refused', message: 'code_too_soon', waitMs };
    if (this.#desk.sends(key) >= SENDS_MAX) return { kind: 'refused', message: 'code_limit' };
    const { sent, code } = this.#make(request);
    if (personId !== undefined && destination !== undefined) {
      void this.#take(personId, request.id)
        .then((ticket) => ('failed' in ticket ? this.#carry(sent, destination, code, ticket) : undefined))
        .catch(this.#onFault);
    }
    return { kind: 'sent' };
  }

  /** A ticket, or why nothing may be sent. */
  async #take(personId: string, id: ChannelId): Promise<BudgetTicket | SendVerdict> {
    try {
      const verdict = await this.#budget.take(personId, CHANNELS[id].paid);
      if (verdict.kind === 'taken') return verdict.ticket;
      const message = verdict.kind === 'limit' ? 'code_limit' : 'code_too_soon';
      return { kind: 'refused', message, waitMs: verdict.waitMs };
    } catch (error) {
      this.#onFault(error);
      return { kind: 'refused', message: 'code_not_sent' };
    }
  }

  #make({ key, personId, id, destination, proven }: SendRequest): { sent: SentCode; code: string } {
    const now = this.#clock.mono();
    const code = drawDigits(this.#random, this.#settings.digits);
    const isProvider = this.#messengers.get(id)?.kind === 'provider';
    const sent: SentCode = {
      id,
      personId,
      destination,
      proven,
      ...(!isProvider && { seal: this.#seal.of(code, key) }),
      ...(id === 'screen' && { demoCode: code }),
      expiresAt: now + this.#settings.lifeSeconds * 1000,
      triesLeft: CHECKS_MAX,
      isDead: false,
      turn: Promise.resolve(),
    };
    if (isProvider && destination !== undefined) this.#desk.endOthers(id, destination);
    this.#desk.put(key, sent, now + resendDelayMs(this.#desk.sends(key) + 1));
    return { sent, code };
  }

  /** Hands a code over; a fault is noted in the budget and reported without number and code. */
  async #carry(sent: SentCode, destination: string, code: string, ticket: BudgetTicket): Promise<SendOutcome> {
    const outcome = await this.#hand(sent.id, destination, code);
    if (outcome.kind === 'fault') {
      await ticket.failed(CERTAINLY_NOT_SENT.includes(outcome.fault)).catch(this.#onFault);
      this.#report(sent.id, 'send', outcome);
    }
    return outcome;
  }

  async #hand(id: ChannelId, destination: string, code: string): Promise<SendOutcome> {
    const messenger = this.#messengers.get(id);
    const { from, language, lifeSeconds } = this.#settings;
    if (messenger === undefined) return { kind: 'fault', fault: 'not_configured' };
    try {
      if (messenger.kind === 'provider') return await messenger.start(destination, language);
      return await messenger.send(destination, { code, from, language, minutes: Math.floor(lifeSeconds / 60) });
    } catch {
      // What was thrown may hold number or code, so nobody gets to see it.
      return { kind: 'fault', fault: 'unreachable', detail: 'thrown' };
    }
  }

  /** Takes one try before anything is looked at, so that parallel answers share the five. */
  async check(
    key: string,
    personId: string | undefined,
    destination: string | undefined,
    code: string,
  ): Promise<SentVerdict> {
    const sent = this.#desk.of(key);
    if (sent === undefined) return 'none';
    if (!this.isAlive(sent) || sent.personId !== personId || sent.destination !== destination) return 'over';
    sent.triesLeft -= 1;
    const isKnown = personId !== undefined && destination !== undefined;
    if (sent.seal === undefined) {
      // One check at a time: what the provider approved once is not asked for again.
      const run = sent.turn.then(() => this.#askProvider(key, sent, isKnown ? destination : undefined, code));
      sent.turn = run.catch(() => undefined);
      return run;
    }
    if (!this.#seal.matches(sent.seal, code, key) || !isKnown) return 'wrong';
    sent.isDead = true;
    return 'right';
  }

  isAlive(sent: SentCode): boolean {
    return !sent.isDead && sent.triesLeft > 0 && this.#clock.mono() < sent.expiresAt;
  }

  /** Asks the provider; an approval counts only for a code that is still the one of its key. */
  async #askProvider(key: string, sent: SentCode, destination: string | undefined, code: string): Promise<SentVerdict> {
    if (sent.isDead || this.#desk.of(key) !== sent) return 'over';
    const messenger = this.#messengers.get(sent.id);
    if (destination === undefined || messenger?.kind !== 'provider') {
      await this.#pause(this.#providerMs);
      return 'wrong';
    }
    const begin = this.#clock.mono();
    const outcome = await messenger
      .check(destination, code)
      .catch(() => ({ kind: 'fault', fault: 'unreachable', detail: 'thrown' }) as const);
    this.#providerMs = this.#clock.mono() - begin;
    if (outcome.kind === 'wrong') return 'wrong';
    if (outcome.kind === 'fault') this.#report(sent.id, 'check', outcome);
    // For a name that nobody has no provider is asked, so whoever proved nothing hears nothing of it either.
    if (outcome.kind !== 'approved' && !sent.proven) return 'wrong';
    if (outcome.kind === 'fault') return 'unavailable';
    const isMine = !sent.isDead && this.#desk.of(key) === sent;
    sent.isDead = true;
    return outcome.kind === 'approved' && isMine ? 'right' : 'over';
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => void this.#clock.after(ms, resolve));
  }

  #report(id: ChannelId, act: 'send' | 'check', outcome: { readonly fault: string; readonly detail?: string }): void {
    const { fault, detail } = outcome;
    const words = act === 'send' ? 'did not send a code' : 'did not check a code';
    this.#onFault(
      new VestibuleError('messenger_failed', `The channel ${id} ${words}: ${fault}.`, {
        context: { channel: id, fault, ...(detail !== undefined && { detail }) },
      }),
    );
  }
}
