import { createRequire } from 'node:module';
import { toError, VestibuleError } from '../domain/errors.js';

/** Names are those of the binding. A released Mat has size 0; releasing twice is harmless. */
export interface Mat {
  readonly rows: number;
  readonly cols: number;
  /** 1 when it holds no pixels: a refused picture, the end of a file, a dead stream. */
  readonly empty: number;
  release(): void;
  getDataAsync(): Promise<Buffer>;
  resizeAsync(rows: number, cols: number, fx: number, fy: number, interpolation: number): Promise<Mat>;
  rotateAsync(code: number): Promise<Mat>;
  flipAsync(code: number): Promise<Mat>;
  drawRectangle(from: Point2, to: Point2, colour: Vec3, thickness: number, lineType: number): void;
  putText(
    text: string,
    origin: Point2,
    font: number,
    scale: number,
    colour: Vec3,
    thickness: number,
    lineType: number,
  ): void;
}
export type Point2 = { readonly x: number; readonly y: number };
export type Vec3 = { readonly x: number; readonly y: number; readonly z: number };

export interface VideoCapture {
  get(property: number): number;
  set(property: number, value: number): boolean;
  readAsync(): Promise<Mat>;
  release(): void;
}

/** The part of the binding that is used here. */
export interface Opencv {
  readonly version: { readonly major: number; readonly minor: number; readonly revision: number };
  readonly Mat: new (data: Buffer, rows: number, cols: number, type: number) => Mat;
  readonly VideoCapture: new (source: string | number, api?: number) => VideoCapture;
  readonly Point2: new (x: number, y: number) => Point2;
  readonly Vec3: new (x: number, y: number, z: number) => Vec3;
  imdecodeAsync(bytes: Buffer, flags: number): Promise<Mat>;
  imencodeAsync(extension: string, mat: Mat, flags: readonly number[]): Promise<Buffer>;
  isCustomMatAllocatorEnabled(): boolean;
  setNumThreads(count: number): void;
  readonly [constant: string]: unknown;
}

/**
 * Environment of a process that loads OpenCV. The capture options bound how long FFmpeg may block on a network camera;
 * one variable serves all sources and is harmless for files.
 */
export const OPENCV_ENVIRONMENT: Readonly<Record<string, string>> = {
  OPENCV4NODEJS_DISABLE_EXTERNAL_MEM_TRACKING: '1',
  OPENCV_LOG_LEVEL: 'SILENT',
  OPENCV_VIDEOIO_DEBUG: '0',
  OPENCV_FFMPEG_CAPTURE_OPTIONS: 'rtsp_transport;tcp|timeout;3000000|rw_timeout;3000000',
};

let loaded: Opencv | undefined;

/**
 * Loads the binding once. Only the main thread of the vision process may call this: a second thread that loads it
 * aborts the process.
 * @throws VestibuleError `opencv_missing` for whatever the import throws: unbuilt and half-built packages throw other
 * things than MODULE_NOT_FOUND, some throw strings.
 */
export function loadOpencv(): Opencv {
  if (loaded !== undefined) return loaded;
  Object.entries(OPENCV_ENVIRONMENT).forEach(([name, value]) => {
    process.env[name] ??= value;
  });
  // With memory tracking on, Node 20 aborts in its garbage collector after some thousand frames.
  process.env.OPENCV4NODEJS_DISABLE_EXTERNAL_MEM_TRACKING = '1';
  const require = createRequire(import.meta.url);
  let cv: Opencv;
  try {
    require('@u4/opencv-build').Log.silence = true;
    cv = require('opencv4nodejs') as Opencv;
    cv.setNumThreads(1);
  } catch (thrown) {
    throw new VestibuleError('opencv_missing', `OpenCV cannot be loaded: ${firstLine(thrown)}`, { cause: thrown });
  }
  if (cv.isCustomMatAllocatorEnabled()) {
    throw new VestibuleError('opencv_missing', 'OpenCV was loaded with memory tracking on, which aborts Node.');
  }
  loaded = cv;
  return cv;
}

function firstLine(thrown: unknown): string {
  return toError(thrown).message.split('\n')[0] ?? '';
}

/** A numeric constant of the binding, for example `CAP_V4L2`. */
export function constant(cv: Opencv, name: string): number {
  const value = cv[name];
  if (typeof value !== 'number') throw new VestibuleError('opencv_missing', `This OpenCV has no constant ${name}.`);
  return value;
}

/**
 * Owns native pictures: every Mat given to `own` is released when `work` ends, however it ends. With memory tracking off
 * the garbage collector does not know their size (2.4 GB after 5,000 frames without release). Thrown strings become Errors.
 */
export async function withMats<T>(work: (own: (mat: Mat) => Mat) => Promise<T>): Promise<T> {
  const owned: Mat[] = [];
  try {
    return await work((mat) => {
      owned.push(mat);
      return mat;
    });
  } catch (thrown) {
    throw toError(thrown);
  } finally {
    for (const mat of owned) mat.release();
  }
}
