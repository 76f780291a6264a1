import { createRequire } from 'node:module';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Camera, CameraIdentity } from '../ports/camera.js';
import { type Ticker, within } from './deadline.js';
import { readImageHeader } from './image-header.js';
import { type RaspistillExecutor, RaspistillProgram } from './raspistill-program.js';

interface Raspistill {
  takePhoto(): Promise<Buffer>;
  stop(): void;
}
type RaspistillClass = new (
  options: Readonly<Record<string, unknown>>,
  watcher: undefined,
  executor: RaspistillExecutor,
) => Raspistill;

/** The first picture must come within this time. */
const OPEN_MS = 10_000;

export interface CameraRaspistillOptions {
  readonly clock: Ticker;
  readonly width: number;
  readonly height: number;
  /** Program name or path; default `raspistill`, or `rpicam-still` where only that is found. */
  readonly command?: string;
}

/**
 * Still pictures of the legacy camera stack by node-raspistill, one after the other: slow (about one a second), never
 * the first choice. Memory mode only: its file mode returned 5 of 20 pictures cut off.
 */
export class CameraRaspistill implements Camera {
  readonly identity: CameraIdentity = { kind: 'raspistill', source: 'raspistill', recorded: false };
  readonly #options: CameraRaspistillOptions;
  #camera: Raspistill | undefined;
  #seq = 0;
  #reading = false;

  constructor(options: CameraRaspistillOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.stop();
    const { command } = this.#options;
    const commands = command === undefined ? ['raspistill', 'rpicam-still'] : [command];
    this.#seq = 0;
    for (const program of commands) {
      this.#camera = this.#open(program);
      try {
        await this.#photo(OPEN_MS);
        return;
      } catch (thrown) {
        await this.stop();
        const cause = (thrown as { cause?: NodeJS.ErrnoException }).cause;
        if (cause?.code === 'ENOENT') continue;
        throw new VestibuleError('camera_open_failed', toError(thrown).message, { cause: thrown });
      }
    }
    throw new VestibuleError('camera_missing', `${commands.join(' and ')} not installed.`);
  }

  async read(deadlineMs: number): Promise<Frame> {
    const jpeg = await this.#photo(deadlineMs);
    const header = readImageHeader(jpeg);
    if (header.kind !== 'jpeg') throw new VestibuleError('camera_stalled', 'raspistill gave an incomplete picture.');
    this.#seq += 1;
    const { width, height } = header;
    return { seq: this.#seq, capturedAt: this.#options.clock.mono(), width, height, format: 'jpeg', bytes: jpeg };
  }

  async stop(): Promise<void> {
    this.#camera?.stop();
    this.#camera = undefined;
  }

  #open(program: string): Raspistill {
    const { width, height } = this.#options;
    let Camera: RaspistillClass;
    try {
      Camera = (createRequire(import.meta.url)('node-raspistill') as { Raspistill: RaspistillClass }).Raspistill;
    } catch (cause) {
      throw new VestibuleError('camera_missing', 'node-raspistill is not installed.', { cause });
    }
    const settings = { noFileSave: true, encoding: 'jpg', width, height, time: 1 };
    return new Camera(settings, undefined, new RaspistillProgram(program));
  }

  /** One picture; the promise of the package may never settle, so it has a deadline of its own. */
  async #photo(deadlineMs: number): Promise<Buffer> {
    const camera = this.#camera;
    if (camera === undefined) throw new VestibuleError('camera_stalled', 'raspistill is not running.');
    if (this.#reading) throw new VestibuleError('camera_stalled', 'raspistill is still taking the last picture.');
    this.#reading = true;
    const late = (): Error => {
      camera.stop();
      return new VestibuleError('camera_stalled', `raspistill gave no picture within ${Math.round(deadlineMs)} ms.`);
    };
    try {
      return await within(this.#options.clock, deadlineMs, camera.takePhoto(), late);
    } catch (cause) {
      if (cause instanceof VestibuleError) throw cause;
      throw new VestibuleError('camera_stalled', (cause as Error).message, { cause });
    } finally {
      this.#reading = false;
    }
  }
}
