import { Worker } from 'node:worker_threads';

interface Pending<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: Error) => void;
}

/** What a thread says: the number of the question, and the answer or why there is none. */
export interface ThreadAnswer<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly fault?: string;
}

/** A thread that answers questions (structured clones, with an `id`); begun when it is needed, ended when it is not. */
export class AskedThread<Question extends object, Answer> {
  readonly #file: URL;
  readonly #idleMs: number;
  readonly #ended: () => Error;
  readonly #pending = new Map<number, Pending<Answer>>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 1;

  /**
   * @param parts file: module of the thread; idleMs: without a question for so long the thread ends; ended: what is
   *   thrown when it ended before it answered
   */
  constructor(parts: { readonly file: URL; readonly idleMs: number; readonly ended: () => Error }) {
    this.#file = parts.file;
    this.#idleMs = parts.idleMs;
    this.#ended = parts.ended;
  }

  /** @throws Error with the thread's words, or what `ended` makes */
  ask(question: Question): Promise<Answer> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#begin();
    const id = this.#next++;
    const worker = this.#worker;
    return new Promise<Answer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, ...question });
    }).finally(() => {
      if (this.#pending.size > 0) return;
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => void this.stop(), this.#idleMs);
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
    const worker = new Worker(this.#file, { env: {}, execArgv: [] });
    worker.unref();
    worker.on('message', ({ id, answer, fault }: ThreadAnswer<Answer>) => {
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (fault === undefined) pending?.resolve(answer as Answer);
      else pending?.reject(new Error(fault));
    });
    worker.on('error', () => this.#over(worker));
    worker.on('exit', () => this.#over(worker));
    return worker;
  }

  #over(worker: Worker): void {
    if (this.#worker === worker) this.#worker = undefined;
    else if (this.#worker !== undefined) return;
    for (const { reject } of this.#pending.values()) reject(this.#ended());
    this.#pending.clear();
  }
}
