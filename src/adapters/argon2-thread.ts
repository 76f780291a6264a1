import { VestibuleError } from '../domain/errors.js';
import { AskedThread } from './asked-thread.js';

/** Where argon2id is computed. */
export interface Argon2 {
  hash(plain: string, cost: { readonly memoryKib: number; readonly passes: number }): Promise<string>;
  verify(stored: string, plain: string): Promise<boolean>;
  stop(): Promise<void>;
}

export type Argon2Question =
  | { readonly kind: 'hash'; readonly plain: string; readonly memoryKib: number; readonly passes: number }
  | { readonly kind: 'verify'; readonly stored: string; readonly plain: string };

/** Without a question for so long the thread and its memory are given back. */
const IDLE_MS = 5 * 60_000;

/**
 * Argon2id in a thread of its own with low priority: the threads that write attendance stay free, and camera and page
 * go first where there is not enough CPU for all (docs/adr/0084).
 */
export class Argon2Thread implements Argon2 {
  readonly #thread: AskedThread<Argon2Question, string | boolean>;

  /** @param file module of the thread; default the built one beside this file */
  constructor(file = new URL('./argon2-thread-worker.js', import.meta.url)) {
    const ended = () => new VestibuleError('busy', 'The password could not be compared at this moment.');
    this.#thread = new AskedThread({ file, idleMs: IDLE_MS, ended });
  }

  async hash(plain: string, cost: { readonly memoryKib: number; readonly passes: number }): Promise<string> {
    return String(await this.#thread.ask({ kind: 'hash', plain, ...cost }));
  }

  async verify(stored: string, plain: string): Promise<boolean> {
    return (await this.#thread.ask({ kind: 'verify', stored, plain })) === true;
  }

  /** Ends the thread; a later question starts it again. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
