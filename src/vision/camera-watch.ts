import { toError, VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Camera, CameraIdentity } from '../ports/camera.js';
import type { Clock } from '../ports/clock.js';
import type { CameraState } from '../ports/vision.js';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** Frames that the rate is taken over. */
const RATE_WINDOW_MS = 3000;

export interface CameraWatchParts {
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  readonly camera: Camera;
  /** A camera without a frame for this long is reported lost and opened again. */
  readonly stallMs: number;
  readonly onFrame: (frame: Frame) => void;
  readonly onState: (state: CameraState, identity: CameraIdentity, detail?: string) => void;
}

/** Keeps one camera running: opens it, reads it, reports its loss and opens it again with growing delay. */
export class CameraWatch {
  readonly #parts: CameraWatchParts;
  readonly #frameTimes: number[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => undefined;
  #state: CameraState = 'opening';
  #detail: string | undefined;

  constructor(parts: CameraWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#parts.camera.stop().catch(() => undefined);
    await this.#running;
  }

  /** Frames a second over the last seconds. */
  fps(): number {
    const since = this.#parts.clock.mono() - RATE_WINDOW_MS;
    while (this.#frameTimes.length > 0 && this.#frameTimes[0]! < since) this.#frameTimes.shift();
    return (this.#frameTimes.length * 1000) / RATE_WINDOW_MS;
  }

  async #run(): Promise<void> {
    const { camera, stallMs } = this.#parts;
    let retryMs = FIRST_RETRY_MS;
    this.#report('opening');
    while (!this.#stopped) {
      try {
        await camera.start();
        while (!this.#stopped) {
          const frame = await camera.read(stallMs);
          if (this.#stopped) break;
          this.#seen();
          retryMs = FIRST_RETRY_MS;
          this.#report('running');
          this.#parts.onFrame(frame);
        }
      } catch (thrown) {
        if (this.#stopped) break;
        // Reported before the camera is closed: closing may wait for a native read.
        this.#report('lost', toError(thrown).message);
        await camera.stop().catch(() => undefined);
        if (thrown instanceof VestibuleError && thrown.code === 'camera_ended') return;
        await this.#pause(retryMs);
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
    }
    await camera.stop().catch(() => undefined);
  }

  #seen(): void {
    const now = this.#parts.clock.mono();
    this.#frameTimes.push(now);
    if (this.#frameTimes.length > 1000) this.#frameTimes.shift();
  }

  /** Tells every change of state or of its reason, once. */
  #report(state: CameraState, detail?: string): void {
    if (state === this.#state && detail === this.#detail && state !== 'opening') return;
    this.#state = state;
    this.#detail = detail;
    this.#parts.onState(state, this.#parts.camera.identity, detail);
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
