import { Worker } from 'node:worker_threads';
import { VestibuleError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { Clock } from '../../ports/clock.js';
import type { MeasureNetworks, PackIdentity } from '../../ports/vision.js';
import type { Analysis } from '../analysis.js';
import type { MeasureOrder } from '../measure/measurer.js';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-protocol.js';

/**
 * A live frame takes at most half a second on a slow Pi once the models are warm: an engine that needs longer than
 * this hangs (design value). With the second in which it is noticed, the 5 s of a hung process are kept.
 */
const LIVE_LIMIT_MS = 4000;
/** The first frame makes the engine ready; a photograph may show many faces; loading an engine holds up the frames. */
const LIMIT_MS = 15_000;

interface Request {
  readonly mode: 'live' | 'still';
  readonly since: number;
  readonly resolve: (analysis: Analysis) => void;
  readonly reject: (error: Error) => void;
}

/** What the worker is when its pack is loaded. */
export interface WorkerReady {
  readonly pack: PackIdentity;
  readonly engine: string;
  readonly networks: MeasureNetworks;
}

export interface InferenceWorkerParts {
  readonly clock: Pick<Clock, 'mono'>;
  /** The worker's module. */
  readonly file: URL;
  readonly settings: WorkerSettings;
  /** Called once when the thread ends without being told to. */
  readonly onGone: (reason: string) => void;
  /** Which networks there are changed. */
  readonly onNetworks: (networks: MeasureNetworks) => void;
  /** Something went wrong that ends nothing. */
  readonly onTrouble: (message: string) => void;
}

/** The inference worker as the vision process sees it. */
export class InferenceWorker {
  readonly #clock: Pick<Clock, 'mono'>;
  readonly #worker: Worker;
  readonly #requests = new Map<number, Request>();
  readonly #ready: Promise<WorkerReady>;
  readonly #parts: InferenceWorkerParts;
  readonly #exited: Promise<void>;
  #nextId = 1;
  #stopping = false;
  /** When the engine last finished a request, monotonic ms. */
  #finishedAt = Number.NEGATIVE_INFINITY;
  /** A live frame was finished: the next ones are no slower. */
  #warm = false;

  /** Networks are being loaded in the thread. */
  #loading = false;

  /** Starts the thread. */
  constructor(parts: InferenceWorkerParts) {
    this.#parts = parts;
    this.#clock = parts.clock;
    this.#worker = new Worker(parts.file, { workerData: parts.settings });
    let reason = 'The inference worker ended.';
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.t === 'ready') resolve(message);
        else if (message.t === 'failed') reject(new VestibuleError(message.code, message.message));
        else this.#hear(message);
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
  ready(): Promise<WorkerReady> {
    return this.#ready;
  }

  /** Analyses one picture; requests are carried out one after the other. The pixels are copied, the copy is moved. */
  analyse(mode: 'live' | 'still', picture: Picture, order?: MeasureOrder): Promise<Analysis> {
    if (this.#stopping) return Promise.reject(new VestibuleError('vision_unavailable', 'Vision is being stopped.'));
    const id = this.#nextId++;
    const bgr = new Uint8Array(picture.bgr);
    const { width, height } = picture;
    const message: ToWorker = { t: 'analyse', id, mode, width, height, bgr, ...(order && { order }) };
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { mode, since: this.#clock.mono(), resolve, reject });
      this.#worker.postMessage(message, [bgr.buffer]);
    });
  }

  /** The limit in ms that the request at hand has passed: the engine hangs. Undefined while all is well. */
  overdue(): number | undefined {
    const atHand = this.#requests.values().next().value;
    if (atHand === undefined) return undefined;
    const limitMs = atHand.mode === 'live' && this.#warm && !this.#loading ? LIVE_LIMIT_MS : LIMIT_MS;
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

  #hear(message: Exclude<FromWorker, { t: 'ready' | 'failed' }>): void {
    switch (message.t) {
      case 'networks':
        this.#parts.onNetworks(message.networks);
        return;
      case 'loading':
        this.#loading = message.on;
        return;
      case 'trouble':
        this.#parts.onTrouble(message.message);
        return;
      default:
        this.#settle(message);
    }
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
