import { VestibuleError } from '../domain/errors.js';
import type { VisionResult } from '../domain/observation.js';
import { cleanCodeText } from '../domain/shown-code.js';
import type { Clock } from '../ports/clock.js';
import type { OverlayBox } from '../ports/imaging.js';
import type { MeasureWish, Measuring, StillAnalysis, Vision, VisionStatus } from '../ports/vision.js';
import { NewestMeasuring } from './newest-measuring.js';
import { PendingStills } from './pending-stills.js';
import { type FromChild, PROTOCOL_VERSION, type ToChild, type VisionSettings } from './protocol.js';
import { type ChildLog, Supervisor } from './supervisor.js';

/** Previews on their way at a time: one being shown, one being made. */
const PREVIEW_CREDIT = 2;

export interface VisionClientParts {
  readonly settings: VisionSettings;
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  readonly log: ChildLog;
  /** Module of the vision process; default the built one beside this file. */
  readonly childFile?: URL | string;
}

/** The status without what is asked for at the moment of asking. */
type State = Omit<VisionStatus, 'restarts' | 'frameAgeMs'>;

/** The vision process as the daemon sees it: supervised, restarted, with newest-wins results and previews on credit. */
export class VisionClient implements Vision {
  readonly #parts: VisionClientParts;
  readonly #supervisor: Supervisor;
  readonly #resultListeners = new Set<(result: VisionResult) => void>();
  readonly #statusListeners = new Set<(status: VisionStatus) => void>();
  readonly #previewListeners = new Set<(jpeg: Uint8Array) => void>();
  readonly #codeListeners = new Set<(text: string) => void>();
  readonly #stills: PendingStills;
  readonly #measuring: NewestMeasuring;
  #state: State = { process: 'stopped', camera: 'opening', fps: 0 };
  /** When the newest frame was captured, monotonic ms; undefined before the first one. */
  #newestFrameAt: number | undefined;
  #creditOut = 0;
  #boxes: readonly OverlayBox[] = [];
  #browserBusy = false;

  constructor(parts: VisionClientParts) {
    this.#parts = parts;
    this.#supervisor = new Supervisor({
      clock: parts.clock,
      childFile: parts.childFile ?? new URL('./main.js', import.meta.url),
      log: parts.log,
      onStarted: () => this.#started(),
      onMessage: (message) => this.#hear(message),
      onDown: (reason) => this.#down(reason),
    });
    const send = (message: ToChild): void => void this.#supervisor.send(message);
    this.#stills = new PendingStills({ clock: parts.clock, send });
    this.#measuring = new NewestMeasuring(send);
  }

  /** Process id of the vision process while one runs. */
  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** Starts the process and returns at once; `status` tells when it is ready. */
  async start(): Promise<void> {
    this.#change({ process: 'starting' });
    this.#supervisor.start();
  }

  status(): VisionStatus {
    const at = this.#newestFrameAt;
    const aged = at === undefined ? {} : { frameAgeMs: Math.max(0, this.#parts.clock.mono() - at) };
    return { ...this.#state, ...aged, restarts: this.#supervisor.restarts };
  }

  onResult(listener: (result: VisionResult) => void): void {
    this.#resultListeners.add(listener);
  }

  onStatus(listener: (status: VisionStatus) => void): void {
    this.#statusListeners.add(listener);
  }

  preview(listener: (jpeg: Uint8Array) => void): () => void {
    // Wrapped, so that the same function given twice counts as two listeners.
    const own = (jpeg: Uint8Array): void => listener(jpeg);
    this.#previewListeners.add(own);
    this.#giveCredit();
    return () => this.#previewListeners.delete(own);
  }

  overlay(boxes: readonly OverlayBox[]): void {
    this.#boxes = boxes;
    if (this.#state.process === 'running') this.#supervisor.send({ t: 'overlay', boxes });
  }

  scanCodes(listener: (text: string) => void): () => void {
    const own = (text: string): void => listener(text);
    this.#codeListeners.add(own);
    if (this.#codeListeners.size === 1) this.#tellScan();
    return () => {
      if (this.#codeListeners.delete(own) && this.#codeListeners.size === 0) this.#tellScan();
    };
  }

  measure(wish: MeasureWish): Measuring {
    return this.#measuring.begin(wish);
  }

  still(bytes: Uint8Array): Promise<StillAnalysis> {
    const { process: state, fault } = this.#state;
    if (state === 'stopped' || state === 'restarting') {
      const why = fault === undefined ? 'The vision process is not running.' : fault.message;
      return Promise.reject(new VestibuleError('vision_unavailable', why));
    }
    return this.#stills.ask(bytes, state === 'running');
  }

  browserFrame(jpeg: Uint8Array): boolean {
    if (this.#parts.settings.source.kind !== 'browser') return false;
    // The newest picture wins: one that comes while the last is still on its way is dropped.
    if (this.#browserBusy || this.#state.process !== 'running') return true;
    this.#browserBusy = this.#supervisor.send({ t: 'browserFrame', jpeg }, () => {
      this.#browserBusy = false;
    });
    return true;
  }

  async stop(): Promise<void> {
    this.#stills.rejectAll('The vision process is being stopped.');
    await this.#supervisor.stop();
    this.#change({ process: 'stopped' });
  }

  #started(): void {
    const { settings } = this.#parts;
    this.#creditOut = 0;
    this.#browserBusy = false;
    this.#supervisor.send({ t: 'start', version: PROTOCOL_VERSION, settings });
  }

  #hear(message: FromChild): void {
    switch (message.t) {
      case 'ready':
        this.#ready(message);
        return;
      case 'failed':
        this.#parts.log('error', message.message, { code: message.code });
        if (message.soon !== true) this.#supervisor.restartSlowly();
        this.#change({ fault: { code: message.code, message: message.message } });
        return;
      case 'networks':
        this.#change({ networks: message.networks });
        return;
      case 'heartbeat': {
        const { t: _, ...beat } = message;
        this.#state = { ...this.#state, ...beat };
        return;
      }
      case 'camera':
        this.#camera(message);
        return;
      case 'frame':
        this.#newestFrameAt = message.capturedAt;
        return;
      case 'result':
        for (const listener of this.#resultListeners) listener(message.result);
        return;
      case 'preview':
        this.#creditOut = Math.max(0, this.#creditOut - 1);
        for (const listener of this.#previewListeners) listener(message.jpeg);
        this.#giveCredit();
        return;
      case 'code':
        // One that is on its way when nobody asks any more is nobody's.
        if (cleanCodeText(message.text) === message.text)
          for (const listener of this.#codeListeners) listener(message.text);
        return;
      case 'still':
        this.#stills.answered(message.id, message.analysis);
        return;
      case 'stillFailed':
        this.#stills.refused(message.id, message.code, message.message);
        return;
      case 'log':
        this.#parts.log(message.level, message.message);
        return;
    }
  }

  #ready({ version, pack, engine, networks }: Extract<FromChild, { t: 'ready' }>): void {
    if (version !== PROTOCOL_VERSION) {
      const message = `The vision process speaks protocol ${version}, the daemon ${PROTOCOL_VERSION}: run \`npm run build\`.`;
      this.#supervisor.restartSlowly();
      this.#change({ fault: { code: 'vision_unavailable', message } });
      this.#supervisor.send({ t: 'stop' });
      return;
    }
    const { fault: _, ...rest } = this.#state;
    this.#state = rest;
    this.#change({ process: 'running', pack, engine, networks });
    if (this.#boxes.length > 0) this.#supervisor.send({ t: 'overlay', boxes: this.#boxes });
    this.#giveCredit();
    if (this.#codeListeners.size > 0) this.#tellScan();
    this.#measuring.started();
    this.#stills.sendAll();
  }

  #camera({ state, identity, detail }: Extract<FromChild, { t: 'camera' }>): void {
    const { cameraDetail: _, ...rest } = this.#state;
    this.#state = rest;
    const from = identity === undefined ? {} : { cameraIdentity: identity };
    this.#change({ camera: state, ...from, ...(detail === undefined ? {} : { cameraDetail: detail }) });
    this.#parts.log(state === 'lost' ? 'warn' : 'info', `camera ${state}${detail === undefined ? '' : `: ${detail}`}`);
  }

  #down(reason: string): void {
    const { rssBytes: _, ...rest } = this.#state;
    this.#newestFrameAt = undefined;
    this.#measuring.ended();
    const fault = this.#state.fault ?? { code: 'vision_unavailable' as const, message: reason };
    this.#parts.log('warn', reason);
    this.#state = rest;
    this.#stills.rejectAll(fault.message);
    this.#change({ process: 'restarting', camera: 'lost', cameraDetail: fault.message, fps: 0, fault });
  }

  #tellScan(): void {
    if (this.#state.process === 'running') this.#supervisor.send({ t: 'scan', on: this.#codeListeners.size > 0 });
  }

  #giveCredit(): void {
    if (this.#previewListeners.size === 0 || this.#state.process !== 'running') return;
    const n = PREVIEW_CREDIT - this.#creditOut;
    if (n > 0 && this.#supervisor.send({ t: 'credit', n })) this.#creditOut += n;
  }

  #change(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    const status = this.status();
    for (const listener of this.#statusListeners) listener(status);
  }
}
