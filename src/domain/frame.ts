/** Pixel layout of a frame: packed 8-bit BGR rows without padding, or one complete JPEG picture. */
export type FrameFormat = 'bgr' | 'jpeg';

/** One picture of a camera. */
export interface Frame {
  /** Counts the frames of one camera run from 1. */
  readonly seq: number;
  /** Monotonic milliseconds at which the frame was taken. */
  readonly capturedAt: number;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  readonly format: FrameFormat;
  /** `bgr`: width * height * 3 bytes; `jpeg`: FF D8 … FF D9. */
  readonly bytes: Uint8Array;
}

/** Raw picture: packed 8-bit BGR, width * height * 3 bytes. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bgr: Uint8Array;
}
