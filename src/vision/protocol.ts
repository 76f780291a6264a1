import type { FaultCode } from '../domain/errors.js';
import type { VisionResult } from '../domain/observation.js';
import type { CameraIdentity, CameraSource } from '../ports/camera.js';
import type { OverlayBox } from '../ports/imaging.js';
import type { CameraState, MeasureNetworks, MeasureWish, PackIdentity, StillAnalysis } from '../ports/vision.js';

/** Raised with every change that the other side must know; a mismatch ends the child. */
export const PROTOCOL_VERSION = 4;

export type { CameraSource };

/** Everything the vision process needs; sent once after fork. Holds no person, template or secret of another room. */
export interface VisionSettings {
  readonly source: CameraSource;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly rotate: 0 | 90 | 180 | 270;
  readonly mirror: boolean;
  /** Folder with one folder per installed pack. */
  readonly modelsDirectory: string;
  /** Pack to use; must be installed. */
  readonly pack: string;
  /** Longest side of the picture that faces are searched in, pixels. */
  readonly detectSize: number;
  readonly maxInferencesPerSecond: number;
  readonly motionGate: boolean;
  readonly previewFps: number;
  readonly previewQuality: number;
  /** A camera that gives no frame for this long is reported lost. */
  readonly stallMs: number;
  /** Networks that are loaded from the start because somebody will be measured with them; absent: when they are wished for first. */
  readonly prepare?: MeasureWish;
}

/** Daemon → child. */
export type ToChild =
  | { readonly t: 'start'; readonly version: number; readonly settings: VisionSettings }
  | { readonly t: 'credit'; readonly n: number }
  | { readonly t: 'overlay'; readonly boxes: readonly OverlayBox[] }
  | { readonly t: 'still'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly t: 'browserFrame'; readonly jpeg: Uint8Array }
  /** Whether codes (QR, barcodes) are looked for; off at the start. */
  | { readonly t: 'scan'; readonly on: boolean }
  /** What is measured beyond faces; without a wish nothing is. A new session begins its capture facts anew. */
  | { readonly t: 'measure'; readonly session: number; readonly wish?: MeasureWish }
  | { readonly t: 'stop' };

/** Child → daemon. */
export type FromChild =
  | {
      readonly t: 'ready';
      readonly version: number;
      readonly pack: PackIdentity;
      readonly engine: string;
      readonly networks: MeasureNetworks;
    }
  /** A network could not be loaded when it was wanted first, or came back. */
  | { readonly t: 'networks'; readonly networks: MeasureNetworks }
  /** The process ends. `soon`: a new one may be better at once. */
  | { readonly t: 'failed'; readonly code: FaultCode; readonly message: string; readonly soon?: true }
  | {
      readonly t: 'heartbeat';
      readonly fps: number;
      readonly rssBytes: number;
    }
  | {
      readonly t: 'camera';
      readonly state: CameraState;
      readonly identity?: CameraIdentity;
      readonly detail?: string;
    }
  /** The camera gave a frame. Monotonic ms, equal in all processes of one machine. */
  | { readonly t: 'frame'; readonly capturedAt: number }
  | { readonly t: 'result'; readonly result: VisionResult }
  | { readonly t: 'preview'; readonly seq: number; readonly jpeg: Uint8Array }
  /** A code is held up to the camera: 1 to 128 printable ASCII characters. It may open a door: never logged. */
  | { readonly t: 'code'; readonly text: string }
  | { readonly t: 'still'; readonly id: number; readonly analysis: StillAnalysis }
  | { readonly t: 'stillFailed'; readonly id: number; readonly code: FaultCode; readonly message: string }
  | { readonly t: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string };
