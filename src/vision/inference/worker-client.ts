import { Worker } from 'node:worker_threads';
import { VestibuleError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { Clock } from '../../ports/clock.js';
import type { PackIdentity } from '../../ports/vision.js';
import type { Analysis } from '../analyse.js';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-protocol.js';

/**
 * A live frame takes at most half a second on a slow Pi once the models are warm: an engine that needs longer than
 * this hangs (design value). With the second in which it is noticed, the 5 s of a hung process are kept.
 */
const LIVE_LIMIT_MS = 4000;
/** The first frame makes the engine ready; a photograph may show many faces. */
const LIMIT_MS = 15_000;

interface Request {
  readonly mode: 'live' | 'still';
  readonly since: number;
  readonly resolve: (analysis: Analysis) => void;
  readonly reject: (error: Error) => void;
}

/** The inference worker as the vision process sees it. */
export class InferenceWorker {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #worker: Worker;
  readonly #requests = new Map<number, Request>();
  readonly #ready: Promise<{ readonly pack: PackIdentity; readonly engine: string }>;
  readonly #exited: Promise<void>;
  #nextId = 1;
  #stopping = false;
  /** When the engine last finished a request, monotonic ms. */
  #finishedAt = Number.NEGATIVE_INFINITY;
  /** A live frame was finished: the next ones are no slower. */
  #warm = false;

  /**
   * Starts the thread.
   * @param parts file: the worker's module; onGone: called once when the thread ends without being told to
   */
  constructor(parts: {
    readonly clock: Pick<Clock, 'mono'>;
    readonly file: URL;
    readonly settings: WorkerSettings;
    readonly onGone: (reason: string) => void;
  }) {
    this.#clock = parts.clock;
    this.#worker = new Worker(parts.file, { workerData: parts.settings });
    let reason = 'The inference worker ended.';
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.t === 'ready') resolve({ pack: message.pack, engine: message.engine });
        else if (message.t === 'failed') reject(new VestibuleError(message.code, message.message));
        else this.#settle(message);
      });
      this.#worker.on('error', (error) => {
        reason = `The inference worker failed: ${error.message}`;
        reject(new VestibuleError('engine_failed', reason, { cause: error }));
      });
      this.#worker.on('exit', () => reject(new VestibuleError('engine_failed', reason)));
    });
    this.#ready.catch(() => undefined);
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        for (const request of this.#requests.values()) request.reject(new VestibuleError('engine_failed', reason));
        this.#requests.clear();
        resolve();
        if (!this.#stopping) parts.onGone(reason);
      });
    });
  }

  /** Resolves when the pack is loaded. Throws `pack_missing`, `pack_file_invalid`, `engine_missing`, `engine_failed`. */
  ready(): Promise<{ readonly pack: PackIdentity; readonly engine: string }> {
    return this.#ready;
  }

  /** Analyses one picture; requests are carried out one after the other. The pixels are copied, the copy is moved. */
  analyse(mode: 'live' | 'still', picture: Picture): Promise<Analysis> {
    if (this.#stopping) return Promise.reject(new VestibuleError('vision_unavailable', 'Vision is being stopped.'));
    const id = this.#nextId++;
    const bgr = new Uint8Array(picture.bgr);
    const message: ToWorker = { t: 'analyse', id, mode, width: picture.width, height: picture.height, bgr };
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { mode, since: this.#clock.mono(), resolve, reject });
      this.#worker.postMessage(message, [bgr.buffer]);
    });
  }

  /** The limit in ms that the request at hand has passed: the engine hangs. Undefined while all is well. */
  overdue(): number | undefined {
    const atHand = this.#requests.values().next().value;
    if (atHand === undefined) return undefined;
    const limitMs = atHand.mode === 'live' && this.#warm ? LIVE_LIMIT_MS : LIMIT_MS;
    // Requests wait for each other: the time of one begins when the one before it is finished.
    const begunAt = Math.max(atHand.since, this.#finishedAt);
    return this.#clock.mono() - begunAt > limitMs ? limitMs : undefined;
  }

  /** Tells the thread to end and waits for it; the work at hand is finished first. */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#worker.postMessage({ t: 'stop' } satisfies ToWorker);
    }
    await this.#exited;
  }

  #settle(message: Extract<FromWorker, { t: 'analysed' | 'refused' }>): void {
    const request = this.#requests.get(message.id);
    if (request === undefined) return;
    this.#requests.delete(message.id);
    this.#finishedAt = this.#clock.mono();
    if (request.mode === 'live') this.#warm = true;
    if (message.t === 'analysed') request.resolve(message.analysis);
    else request.reject(new VestibuleError(message.code, message.message));
  }
}
