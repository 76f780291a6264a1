import { Worker } from 'node:worker_threads';
import { VestibuleError } from '../domain/errors.js';

/** Without a question for so long the thread ends: imported hashes are replaced at the first login. */
const IDLE_MS = 60_000;

interface Pending {
  readonly resolve: (matches: boolean) => void;
  readonly reject: (fault: Error) => void;
}

/** Compares with bcrypt hashes in a thread of its own that is started when it is needed. */
export class BcryptVerifier {
  readonly #workerFile: URL;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;

  /** @param workerFile module of the thread; default the built one beside this file */
  constructor(workerFile = new URL('./password-bcrypt-worker.js', import.meta.url)) {
    this.#workerFile = workerFile;
  }

  /** @throws VestibuleError `busy` when the thread ended before it answered */
  verify(stored: string, plain: string): Promise<boolean> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#begin();
    const id = this.#next++;
    const worker = this.#worker;
    return new Promise<boolean>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, stored, plain });
    }).finally(() => {
      if (this.#pending.size > 0) return;
      this.#idle = setTimeout(() => void this.stop(), IDLE_MS);
      this.#idle.unref();
    });
  }

  /** Ends the thread; a later question starts it again. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #begin(): Worker {
    const worker = new Worker(this.#workerFile, { env: {}, execArgv: [] });
    worker.unref();
    worker.on('message', ({ id, matches }: { id: number; matches: boolean }) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      pending?.resolve(matches);
    });
    worker.on('error', () => this.#ended(worker));
    worker.on('exit', () => this.#ended(worker));
    return worker;
  }

  #ended(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined;
    else if (this.#worker !== undefined) return;
    for (const { reject } of this.#pending.values())
      reject(new VestibuleError('busy', 'The password could not be compared at this moment.'));
    this.#pending.clear();
  }
}
