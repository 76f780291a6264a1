import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Caller, CodeVerdict } from './http/parts.js';
import type { Clock } from './ports/clock.js';
import type { Collection, Store } from './ports/collection.js';

/** So many wrong codes are answered at once; a person mistypes. */
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

const schema = z.strictObject({ wrong: z.int().min(0) });
type Document = z.infer<typeof schema>;

/** Wait after so many wrong codes in a row, ms: none below five, then 1 s, doubled by each one, at most 60 s. */
export function waitAfter(wrong: number): number {
  if (wrong < FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(16, wrong - FREE_TRIES));
}

/**
 * Slows down guessing of the admin code (docs/adr/0053). The count lies in `admin-tries.json`, so that a restart
 * forgets nothing; the time is monotonic. A right code ends the count.
 */
export class CodeGuard {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #verify: (code: string) => boolean;
  readonly #onFault: (error: unknown) => void;
  #collection: Collection<Document> | undefined;
  #wrong = 0;
  #closedUntil = 0;
  #lastWrong = '';

  /** @param parts verify: compares a code in constant time; onFault: the count could not be stored */
  constructor(parts: {
    store: Store;
    clock: Pick<Clock, 'mono'>;
    verify: (code: string) => boolean;
    onFault: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#verify = parts.verify;
    this.#onFault = parts.onFault;
  }

  /** Reads the count; a wait that ran when the kiosk stopped begins anew. */
  async start(): Promise<void> {
    this.#collection = await this.#store.collection({
      file: 'admin-tries.json',
      version: 1,
      schema,
      initial: () => ({ wrong: 0 }),
    });
    this.#wrong = this.#collection.read().wrong;
    this.#closedUntil = this.#clock.mono() + waitAfter(this.#wrong);
  }

  async stop(): Promise<void> {
    await this.#collection?.close();
  }

  /**
   * Judges a code. During the wait, codes from elsewhere are not looked at. At the kiosk itself the right one passes
   * all the same: whoever guesses from elsewhere must not keep the command line and the person at the kiosk out.
   */
  async judge(code: string, from: Caller['from']): Promise<CodeVerdict> {
    const waitMs = this.#closedUntil - this.#clock.mono();
    const waiting: CodeVerdict | undefined =
      waitMs > 0 ? { kind: 'wait', seconds: Math.ceil(waitMs / 1000) } : undefined;
    if (waiting !== undefined && from !== 'loopback') return waiting;
    if (this.#verify(code)) {
      this.#lastWrong = '';
      await this.#count(0);
      return { kind: 'right' };
    }
    if (waiting !== undefined) return waiting;
    // The admin page asks for several things with one code, and goes on asking: that is one guess.
    const digest = createHash('sha256').update(code).digest('base64');
    if (digest === this.#lastWrong) return { kind: 'wrong' };
    this.#lastWrong = digest;
    await this.#count(this.#wrong + 1);
    return { kind: 'wrong' };
  }

  /** In force at once, so that codes sent at the same time are counted too; durable when it resolves. */
  async #count(wrong: number): Promise<void> {
    if (wrong === this.#wrong) return;
    this.#wrong = wrong;
    this.#closedUntil = this.#clock.mono() + waitAfter(wrong);
    try {
      await this.#collection?.update(() => ({ wrong }));
    } catch (error) {
      this.#onFault(error);
    }
  }
}
