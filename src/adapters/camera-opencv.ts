import { access } from 'node:fs/promises';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Frame } from '../domain/frame.js';
import type { Camera, CameraDevice, CameraIdentity, CameraSource } from '../ports/camera.js';
import { pause, type Ticker, within } from './deadline.js';
import { pictureOf } from './imaging-opencv.js';
import { constant, type Mat, type Opencv, type VideoCapture, withMats } from './opencv.js';
import { redactSource } from './redact-source.js';

export type OpencvSource = Extract<CameraSource, { readonly kind: 'device' | 'url' | 'file' | 'gstreamer' }>;

export interface CameraOpencvOptions {
  readonly cv: Opencv;
  readonly clock: Ticker;
  readonly source: OpencvSource;
  /** Wanted size and rate; only a device follows them. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Says which hardware the source is; asked at every opening. */
  readonly device?: () => Promise<CameraDevice | undefined>;
}

/** Device, network address, video file or GStreamer pipeline by OpenCV's VideoCapture. */
export class CameraOpencv implements Camera {
  readonly #options: CameraOpencvOptions;
  #identity: CameraIdentity;
  #capture: VideoCapture | undefined;
  /** The native read in flight. There is never a second one: parallel reads corrupt frames. */
  #pending: Promise<Mat> | undefined;
  #seq = 0;
  #nextDue = 0;
  #intervalMs = 0;

  constructor(options: CameraOpencvOptions) {
    this.#options = options;
    const recorded = options.source.kind === 'file' || /\bvideotestsrc\b/.test(targetOf(options.source));
    this.#identity = { kind: 'opencv', source: redactSource(targetOf(options.source)), recorded };
  }

  get identity(): CameraIdentity {
    return this.#identity;
  }

  async start(): Promise<void> {
    const { source } = this.#options;
    const path =
      source.kind === 'file'
        ? source.path
        : source.kind === 'device'
          ? typeof source.device === 'number'
            ? `/dev/video${source.device}`
            : source.device
          : undefined;
    if (path !== undefined && !(await exists(path))) {
      throw new VestibuleError('camera_missing', `${redactSource(path)} does not exist.`);
    }
    if (this.#pending !== undefined) {
      throw new VestibuleError('camera_open_failed', `${this.identity.source}: the last read has not come back yet.`);
    }
    this.#seq = 0;
    this.#open();
    // While the device is held open no other one can come in under its name.
    const { device: _, ...rest } = this.#identity;
    const device = await this.#options.device?.().catch(() => undefined);
    this.#identity = { ...rest, ...(device !== undefined && { device }) };
  }

  async read(deadlineMs: number): Promise<Frame> {
    const { clock, source } = this.#options;
    const started = clock.mono();
    if (this.#capture === undefined) throw new VestibuleError('camera_stalled', `${this.identity.source} is not open.`);
    if (this.#pending !== undefined) {
      throw new VestibuleError('camera_stalled', `${this.identity.source}: the last read has not come back yet.`);
    }
    await this.#waitForPace();
    let frame = await this.#frame(deadlineMs - (clock.mono() - started));
    if (frame === undefined && source.kind === 'file' && source.loop && this.#seq > 0) {
      this.#capture?.release();
      this.#open();
      frame = await this.#frame(deadlineMs - (clock.mono() - started));
    }
    if (frame === undefined) {
      if (source.kind === 'file') throw new VestibuleError('camera_ended', `${this.identity.source} came to its end.`);
      throw new VestibuleError('camera_stalled', `${this.identity.source} gives no more pictures.`);
    }
    return frame;
  }

  async stop(): Promise<void> {
    const capture = this.#capture;
    this.#capture = undefined;
    if (capture === undefined) return;
    const pending = this.#pending;
    if (pending === undefined) {
      capture.release();
      return;
    }
    // Not released under a running read. A read that never comes back is ended by the supervisor with the process.
    const released = pending.then(
      () => capture.release(),
      () => capture.release(),
    );
    await within(this.#options.clock, 4000, released, () => new Error('late')).catch(() => undefined);
  }

  #open(): void {
    const { cv, source, width, height, fps } = this.#options;
    try {
      const capture = new cv.VideoCapture(
        source.kind === 'device' ? source.device : targetOf(source),
        constant(cv, API[source.kind]),
      );
      this.#capture = capture;
      if (source.kind === 'device') {
        // MJPG before the size: raw YUYV at 640x480 and above does not fit USB 2 at full rate.
        capture.set(constant(cv, 'CAP_PROP_FOURCC'), fourcc('MJPG'));
        capture.set(constant(cv, 'CAP_PROP_FRAME_WIDTH'), width);
        capture.set(constant(cv, 'CAP_PROP_FRAME_HEIGHT'), height);
        capture.set(constant(cv, 'CAP_PROP_FPS'), fps);
        capture.set(constant(cv, 'CAP_PROP_BUFFERSIZE'), 1);
      }
      if (source.kind === 'file' && source.pace === 'own') {
        const rate = capture.get(constant(cv, 'CAP_PROP_FPS'));
        this.#intervalMs = 1000 / (rate > 0 && rate <= 240 ? rate : fps);
      }
    } catch (thrown) {
      this.#capture = undefined;
      throw new VestibuleError('camera_open_failed', `${this.identity.source} could not be opened.`, {
        cause: toError(thrown),
      });
    }
  }

  /** Holds a file to its own pace; does nothing for live sources and fast files. */
  async #waitForPace(): Promise<void> {
    if (this.#intervalMs === 0) return;
    const now = this.#options.clock.mono();
    // After a pause the file goes on from now; it does not race to catch up.
    this.#nextDue = Math.max(this.#nextDue, now - this.#intervalMs);
    if (this.#nextDue > now) await pause(this.#options.clock, this.#nextDue - now);
    this.#nextDue += this.#intervalMs;
  }

  /** One native read; undefined at the end of the source. */
  async #frame(deadlineMs: number): Promise<Frame | undefined> {
    const capture = this.#capture;
    if (capture === undefined) return undefined;
    const { clock } = this.#options;
    const pending = capture.readAsync();
    this.#pending = pending;
    const settled = pending.finally(() => {
      this.#pending = undefined;
    });
    // A late Mat is released when it comes after all.
    let late = false;
    settled.then(
      (mat) => {
        if (late) mat.release();
      },
      () => undefined,
    );
    return withMats(async (own) => {
      const mat = own(
        await within(clock, Math.max(1, deadlineMs), settled, () => {
          late = true;
          return new VestibuleError(
            'camera_stalled',
            `${this.identity.source} gave no picture for ${Math.round(deadlineMs)} ms.`,
          );
        }),
      );
      if (mat.empty) return undefined;
      const capturedAt = clock.mono();
      const { width, height, bgr } = await pictureOf(mat);
      this.#seq += 1;
      return { seq: this.#seq, capturedAt, width, height, format: 'bgr', bytes: bgr };
    });
  }
}

const API = { device: 'CAP_V4L2', url: 'CAP_FFMPEG', file: 'CAP_FFMPEG', gstreamer: 'CAP_GSTREAMER' } as const;

function targetOf(source: OpencvSource): string {
  if (source.kind === 'device') return typeof source.device === 'number' ? `/dev/video${source.device}` : source.device;
  if (source.kind === 'url') return source.url;
  return source.kind === 'file' ? source.path : source.pipeline;
}

function fourcc(code: string): number {
  return [...code].reduce((sum, letter, i) => sum + (letter.charCodeAt(0) << (8 * i)), 0);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
