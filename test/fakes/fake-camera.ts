import { VestibuleError } from '../../src/domain/errors.js';
import type { Frame } from '../../src/domain/frame.js';
import type { Camera, CameraIdentity } from '../../src/ports/camera.js';
import type { Clock } from '../../src/ports/clock.js';

/** A camera whose scene and faults the test decides. 64x48, one grey value per frame. */
export class FakeCamera implements Camera {
  readonly identity: CameraIdentity = { kind: 'opencv', source: 'fake', recorded: false };
  readonly #clock: Pick<Clock, 'mono' | 'after'>;
  readonly #intervalMs: number;
  #running = false;
  #frozen = false;
  #seq = 0;
  #cancel: () => void = () => undefined;
  /** Times that `start` was called. */
  starts = 0;
  /** What `start` throws, until it is cleared. */
  refusal: VestibuleError | undefined;
  /** Grey value of the next frames; a function of the seq. */
  grey: (seq: number) => number = () => 128;

  constructor(options: { readonly clock: Pick<Clock, 'mono' | 'after'>; readonly intervalMs: number }) {
    this.#clock = options.clock;
    this.#intervalMs = options.intervalMs;
  }

  freeze(): void {
    this.#frozen = true;
  }

  async start(): Promise<void> {
    this.starts += 1;
    if (this.refusal !== undefined) throw this.refusal;
    this.#running = true;
    this.#frozen = false;
    this.#seq = 0;
  }

  read(deadlineMs: number): Promise<Frame> {
    if (!this.#running) return Promise.reject(new VestibuleError('camera_stalled', 'The fake camera is stopped.'));
    return new Promise((resolve, reject) => {
      const late = this.#frozen || this.#intervalMs > deadlineMs;
      const cancelTimer = this.#clock.after(late ? deadlineMs : this.#intervalMs, () => {
        this.#cancel = () => undefined;
        if (late) return reject(new VestibuleError('camera_stalled', 'The fake camera gave no picture.'));
        this.#seq += 1;
        const bytes = new Uint8Array(64 * 48 * 3).fill(this.grey(this.#seq));
        resolve({ seq: this.#seq, capturedAt: this.#clock.mono(), width: 64, height: 48, format: 'bgr', bytes });
      });
      this.#cancel = () => {
        cancelTimer();
        reject(new VestibuleError('camera_stalled', 'The fake camera was stopped.'));
      };
    });
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel();
    this.#cancel = () => undefined;
  }
}
