import { VestibuleError } from '../domain/errors.js';
import { AskedThread } from './asked-thread.js';

/** Without a question for so long the thread ends: imported hashes are replaced at the first login. */
const IDLE_MS = 60_000;

/** Compares with bcrypt hashes in a thread of its own that is started when it is needed. */
export class BcryptVerifier {
  readonly #thread: AskedThread<{ readonly stored: string; readonly plain: string }, boolean>;

  /** @param workerFile module of the thread; default the built one beside this file */
  constructor(workerFile = new URL('./password-bcrypt-worker.js', import.meta.url)) {
    const ended = () => new VestibuleError('busy', 'The password could not be compared at this moment.');
    this.#thread = new AskedThread({ file: workerFile, idleMs: IDLE_MS, ended });
  }

  /** @throws VestibuleError `busy` when the thread ended before it answered */
  verify(stored: string, plain: string): Promise<boolean> {
    return this.#thread.ask({ stored, plain });
  }

  /** Ends the thread; a later question starts it again. */
  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
