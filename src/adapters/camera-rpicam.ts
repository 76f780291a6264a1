import { type ChildProcess, spawn } from 'node:child_process';
import { VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Camera, CameraDevice, CameraIdentity } from '../ports/camera.js';
import { type Ticker, within } from './deadline.js';
import { readImageHeader } from './image-header.js';
import { MjpegSplitter } from './mjpeg-split.js';
import { NewestFrame } from './newest-frame.js';

export interface CameraRpicamOptions {
  readonly clock: Ticker;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Program to run; default `rpicam-vid` from PATH. */
  readonly command?: string;
  /** The first picture must come within this time; default 8 s (the sensor and its tuning files take a while). */
  readonly openMs?: number;
  /** Says which sensor it is; asked before every opening, while no program uses it. */
  readonly device?: () => Promise<CameraDevice | undefined>;
}

/** Raspberry Pi camera by the MJPEG pipe of `rpicam-vid`. Untested on a Pi: the tests run a double of the program. */
export class CameraRpicam implements Camera {
  readonly #options: CameraRpicamOptions;
  readonly #newest: NewestFrame;
  #identity: CameraIdentity = { kind: 'rpicam', source: 'rpicam-vid', recorded: false };
  #child: ChildProcess | undefined;
  #seq = 0;
  #lastWords = '';

  constructor(options: CameraRpicamOptions) {
    this.#options = options;
    this.#newest = new NewestFrame(options.clock);
  }

  get identity(): CameraIdentity {
    return this.#identity;
  }

  async start(): Promise<void> {
    await this.stop();
    const { device: _, ...rest } = this.#identity;
    const device = await this.#options.device?.().catch(() => undefined);
    this.#identity = { ...rest, ...(device !== undefined && { device }) };
    const { clock, width, height, fps, command = 'rpicam-vid', openMs = 8000 } = this.#options;
    this.#newest.clear();
    this.#seq = 0;
    this.#lastWords = '';
    const size = ['--width', String(width), '--height', String(height), '--framerate', String(fps)];
    const child = spawn(command, ['-t', '0', '-n', '--codec', 'mjpeg', '--flush', ...size, '-o', '-'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const first = new Promise<void>((resolve, reject) => {
      const splitter = new MjpegSplitter();
      child.stdout?.on('data', (chunk: Buffer) => {
        for (const jpeg of splitter.push(chunk)) if (this.#take(jpeg)) resolve();
      });
      // libcamera always writes to stderr; only its last line is of use, and only when the program ends.
      child.stderr?.on('data', (chunk: Buffer) => {
        this.#lastWords = lastLine(this.#lastWords + chunk.toString('utf8'));
      });
      child.once('error', (cause: NodeJS.ErrnoException) => {
        const missing = cause.code === 'ENOENT';
        const fault = new VestibuleError(
          missing ? 'camera_missing' : 'camera_open_failed',
          missing ? `${command} is not installed.` : `${command} could not be started.`,
          { cause },
        );
        this.#end(child, fault);
        reject(fault);
      });
      child.once('close', (code, signal) => {
        const how = code === null ? `by ${signal}` : `with code ${code}`;
        const words = this.#lastWords.trim();
        const sentence = `${command} ended ${how}${words === '' ? '.' : `: ${words}`}`;
        this.#end(child, new VestibuleError('camera_stalled', sentence));
        reject(new VestibuleError('camera_open_failed', sentence));
      });
    });
    try {
      await within(
        clock,
        openMs,
        first,
        () => new VestibuleError('camera_open_failed', `${command} gave no picture within ${openMs} ms.`),
      );
    } catch (fault) {
      await this.stop();
      throw fault;
    }
  }

  read(deadlineMs: number): Promise<Frame> {
    return this.#newest.take(deadlineMs, 'rpicam-vid');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#newest.fail(new VestibuleError('camera_stalled', 'rpicam-vid is not running.'));
    if (child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    // A program that hangs in the driver does not hear SIGTERM.
    await within(this.#options.clock, 1000, closed, () => new Error('late')).catch(() => {
      child.kill('SIGKILL');
    });
  }

  #take(jpeg: Buffer): boolean {
    const header = readImageHeader(jpeg);
    if (header.kind !== 'jpeg') return false;
    this.#seq += 1;
    this.#newest.put({
      seq: this.#seq,
      capturedAt: this.#options.clock.mono(),
      width: header.width,
      height: header.height,
      format: 'jpeg',
      bytes: jpeg,
    });
    return true;
  }

  #end(child: ChildProcess, fault: VestibuleError): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#newest.fail(fault);
  }
}

function lastLine(text: string): string {
  const lines = text.slice(-2000).trimEnd().split('\n');
  return `${lines.at(-1) ?? ''}`;
}
