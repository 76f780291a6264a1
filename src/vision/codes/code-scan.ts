import { Worker } from 'node:worker_threads';
import type { Picture } from '../../domain/frame.js';
import { type CodeSight, NO_CODE, seeCode } from '../../domain/shown-code.js';
import type { Clock } from '../../ports/clock.js';
import type { FromCodeWorker, LookAt } from './worker-protocol.js';

/** At most five pictures a second are searched. */
const INTERVAL_MS = 200;
/** A search takes some 10 ms, a large picture on a slow machine half a second: longer hangs. Also for the start. */
const HANGS_AFTER_MS = 10_000;
/** After a failure the thread is started again at the earliest after this time. */
const REST_MS = 5000;

export interface CodeScanParts {
  readonly clock: Pick<Clock, 'mono'>;
  /** Module of the code worker. */
  readonly file: URL;
  /** A code is held up; called once as long as it stays in sight. */
  readonly onCode: (text: string) => void;
  /** A trouble, as a sentence; never with the text of a code. */
  readonly onTrouble: (message: string) => void;
}

/**
 * Looks for codes in pictures of the camera while it is on. Newest picture only: one that comes while another is
 * searched is passed over, and after a search the thread rests at least as long as it took, so that recognition keeps its
 * share of a small machine. The thread exists only while it is on; it holds no native library and may be ended at any time.
 */
export class CodeScan {
  readonly #parts: CodeScanParts;
  #on = false;
  #worker: Worker | undefined;
  /** When the thread was given what it works at, monotonic ms; undefined while it waits for a picture. */
  #busySince: number | undefined;
  #nextAt = Number.NEGATIVE_INFINITY;
  #sight: CodeSight = NO_CODE;

  constructor(parts: CodeScanParts) {
    this.#parts = parts;
  }

  /** Begins or ends looking for codes. Ending forgets what was seen. */
  set(on: boolean): void {
    this.#on = on;
    if (on) return;
    this.#sight = NO_CODE;
    this.#nextAt = Number.NEGATIVE_INFINITY;
    this.#end();
  }

  /** A new picture of the camera; it may be passed over. Costs a copy of the pixels when it is not. */
  offer({ width, height, bgr }: Picture): void {
    if (!this.#on) return;
    const now = this.#parts.clock.mono();
    if (this.#worker !== undefined && this.#busySince !== undefined) {
      if (now - this.#busySince > HANGS_AFTER_MS) this.#fail('The search for codes hangs.');
      return;
    }
    if (now < this.#nextAt) return;
    if (this.#worker === undefined) {
      this.#begin(now);
      return;
    }
    this.#busySince = now;
    const copy = new Uint8Array(bgr);
    this.#worker.postMessage({ width, height, bgr: copy } satisfies LookAt, [copy.buffer]);
  }

  #begin(now: number): void {
    const worker = new Worker(this.#parts.file);
    this.#worker = worker;
    this.#busySince = now;
    worker.on('message', (message: FromCodeWorker) => {
      if (this.#worker === worker) this.#hear(message);
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#fail(`The search for codes failed: ${error.message}`);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#fail('The search for codes ended.');
    });
  }

  #hear(message: FromCodeWorker): void {
    if (message.t === 'failed') {
      this.#fail(`Codes cannot be read: ${message.message}`);
      return;
    }
    const now = this.#parts.clock.mono();
    const tookMs = now - (this.#busySince ?? now);
    const startedAt = now - tookMs;
    this.#busySince = undefined;
    if (message.t === 'ready') return;
    this.#nextAt = Math.max(startedAt + INTERVAL_MS, now + tookMs);
    if (message.code === undefined) return;
    const { sight, tell } = seeCode(this.#sight, message.code, now);
    this.#sight = sight;
    if (tell !== undefined) this.#parts.onCode(tell);
  }

  #fail(message: string): void {
    this.#end();
    this.#nextAt = this.#parts.clock.mono() + REST_MS;
    this.#parts.onTrouble(message);
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#busySince = undefined;
    void worker?.terminate();
  }
}
