import type { Frame } from '../domain/frame.js';

/** Where pictures come from; decided by the daemon from `camera.source`. */
export type CameraSource =
  | { readonly kind: 'device'; readonly device: number | string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string; readonly pace: 'own' | 'fast'; readonly loop: boolean }
  | { readonly kind: 'gstreamer'; readonly pipeline: string }
  | { readonly kind: 'rpicam' }
  | { readonly kind: 'raspistill' }
  | { readonly kind: 'browser' }
  | { readonly kind: 'demo' }
  | { readonly kind: 'none' };

/** What a camera is, for the log, `doctor` and the capture gate. */
export interface CameraIdentity {
  /** Adapter: opencv, rpicam, raspistill, browser, demo. */
  readonly kind: 'opencv' | 'rpicam' | 'raspistill' | 'browser' | 'demo';
  /** Device path, URL without credentials, file or `demo`. */
  readonly source: string;
  /** True where pictures come from a recording, never from a lens. */
  readonly recorded: boolean;
  /** Absent where the machine does not say which device it is. */
  readonly device?: CameraDevice;
}

/** Which piece of hardware a camera is: what the capture gate pins (docs/liveness.md). */
export interface CameraDevice {
  /** Socket it is plugged into, for example `usb-0000:01:00.0-1.3:1.0` or `i2c@88000/imx708@1a`. */
  readonly busPath: string;
  /** `vvvv:pppp` of USB, or the name of the sensor. */
  readonly model: string;
  /** Kernel driver, for example `uvcvideo`. */
  readonly driver: string;
  /** Made by software (v4l2loopback, a virtual camera), never a lens. */
  readonly virtual: boolean;
}

/**
 * One source of frames. Reads are sequential: never two at a time. Every read has its own deadline.
 * Contract suite: test/contracts/camera.ts
 */
export interface Camera {
  readonly identity: CameraIdentity;
  /** Opens the source. Throws `camera_missing` or `camera_open_failed`. */
  start(): Promise<void>;
  /**
   * The next frame. Throws `camera_stalled` when none came within `deadlineMs` (then stop and start again) and
   * `camera_ended` when the source is at its end.
   */
  read(deadlineMs: number): Promise<Frame>;
  /** Releases the source; safe after a failed start, twice, and while a read is pending. */
  stop(): Promise<void>;
}
