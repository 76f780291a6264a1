import type { Clock } from '../../ports/clock.js';
import type { ChannelId } from './otp-channels.js';

/** A key nobody used for so long is forgotten: longer than every code lives. */
const QUIET_MS = 1_200_000;

/** One code that was sent, or that somebody unproven believes was sent. Times are monotonic ms. */
export interface SentCode {
  readonly id: ChannelId;
  readonly personId: string | undefined;
  /** Where it went when it was asked for; a record that changed since voids it. */
  readonly destination: string | undefined;
  /** Something had proved who this is when the code was asked for. */
  readonly proven: boolean;
  /** Absent where the provider made the code. */
  readonly seal?: Uint8Array;
  /** The code itself; only of the demo's screen. */
  readonly demoCode?: string;
  readonly expiresAt: number;
  triesLeft: number;
  /** Used, refused by the provider, or taken away by another key. */
  isDead: boolean;
  /** Ends when the check that runs at the provider ends. */
  turn: Promise<unknown>;
}

interface Place {
  sent: SentCode | undefined;
  /** Codes asked for under this key. */
  sends: number;
  resendAt: number;
  lastAt: number;
}

/** The newest code of every key. */
export class CodeDesk {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #places = new Map<string, Place>();

  constructor(clock: Pick<Clock, 'mono'>) {
    this.#clock = clock;
  }

  of(key: string): SentCode | undefined {
    return this.#places.get(key)?.sent;
  }

  sends(key: string): number {
    return this.#places.get(key)?.sends ?? 0;
  }

  resendAt(key: string): number {
    return this.#places.get(key)?.resendAt ?? 0;
  }

  /** A new code takes the place of the former one: only what `of` gives can pass. */
  put(key: string, sent: SentCode, resendAt: number): void {
    this.#forgetQuiet();
    const former = this.#places.get(key);
    this.#places.set(key, { sent, sends: (former?.sends ?? 0) + 1, resendAt, lastAt: this.#clock.mono() });
  }

  /** Takes back a code that did not go out. */
  drop(key: string, sent: SentCode): void {
    const place = this.#places.get(key);
    if (place?.sent !== sent) return;
    place.sent = undefined;
    place.resendAt = this.#clock.mono();
  }

  /** A provider keeps one code for a destination: whoever asks again takes it away from every other key. */
  endOthers(id: ChannelId, destination: string): void {
    for (const { sent } of this.#places.values()) {
      if (sent?.id === id && sent.destination === destination) sent.isDead = true;
    }
  }

  forget(key: string): void {
    this.#places.delete(key);
  }

  #forgetQuiet(): void {
    const begin = this.#clock.mono() - QUIET_MS;
    for (const [key, { lastAt }] of this.#places) if (lastAt < begin) this.#places.delete(key);
  }
}
