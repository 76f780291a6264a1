import { VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Camera, CameraIdentity } from '../ports/camera.js';
import type { Ticker } from './deadline.js';
import { readImageHeader } from './image-header.js';
import { NewestFrame } from './newest-frame.js';

/** The camera of the browser that shows the page; its pictures are pushed in. For use on a desktop. */
export class CameraBrowser implements Camera {
  readonly identity: CameraIdentity = { kind: 'browser', source: 'browser', recorded: false };
  readonly #clock: Ticker;
  readonly #newest: NewestFrame;
  #seq = 0;

  constructor(options: { readonly clock: Ticker }) {
    this.#clock = options.clock;
    this.#newest = new NewestFrame(options.clock);
    this.#newest.fail(notStarted());
  }

  async start(): Promise<void> {
    this.#newest.clear();
    this.#seq = 0;
  }

  /** One JPEG of the page. Returns false where it is not a whole, acceptable JPEG. */
  push(jpeg: Uint8Array): boolean {
    const header = readImageHeader(jpeg);
    if (header.kind !== 'jpeg') return false;
    this.#seq += 1;
    this.#newest.put({
      seq: this.#seq,
      capturedAt: this.#clock.mono(),
      width: header.width,
      height: header.height,
      format: 'jpeg',
      bytes: jpeg,
    });
    return true;
  }

  read(deadlineMs: number): Promise<Frame> {
    return this.#newest.take(deadlineMs, 'The camera of the browser');
  }

  async stop(): Promise<void> {
    this.#newest.clear();
    this.#newest.fail(notStarted());
  }
}

function notStarted(): VestibuleError {
  return new VestibuleError('camera_stalled', 'The camera of the browser is not in use.');
}
