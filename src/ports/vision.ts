import type { FaultCode } from '../domain/errors.js';
import type { FaceObservation, SceneObservation, VisionResult } from '../domain/observation.js';
import type { CameraIdentity } from './camera.js';
import type { OverlayBox } from './imaging.js';

export type CameraState = 'opening' | 'running' | 'lost' | 'none';

/** Identity of the face pack that made an embedding. */
export interface PackIdentity {
  readonly id: string;
  /** `sha256:` + 64 hex digits. */
  readonly hash: string;
  /** Length of the embedding. */
  readonly dim: number;
}

/** What is measured beyond faces (docs/liveness.md); costs time, so only while it is wanted. */
export interface MeasureWish {
  /** Passive networks, every second frame. */
  readonly passive: boolean;
  /** Face mesh, every frame. */
  readonly mesh: boolean;
  /** Points of the body, every second frame: only in actions that need them. */
  readonly body: boolean;
  /** Mean colours of face and background. */
  readonly colour: boolean;
}

/** Networks that a measuring needs; one that is absent cannot be measured. `sha256:` + 64 hex digits over its files. */
export interface MeasureNetworks {
  readonly passive?: string;
  readonly mesh?: string;
  readonly body?: string;
}

/** A measuring under way. */
export interface Measuring {
  /** Appears in `CaptureFacts.session` of every result that was measured for it. */
  readonly session: number;
  /** The capture facts go on counting. */
  change(wish: MeasureWish): void;
  stop(): void;
}

export interface VisionStatus {
  readonly process: 'starting' | 'running' | 'restarting' | 'stopped';
  /** Restarts since the daemon started. */
  readonly restarts: number;
  readonly camera: CameraState;
  readonly cameraIdentity?: CameraIdentity;
  /** Why the camera is not running, as a sentence. */
  readonly cameraDetail?: string;
  /** Frames a second over the last seconds. */
  readonly fps: number;
  /** Age of the newest frame in ms; absent before the first one. */
  readonly frameAgeMs?: number;
  readonly pack?: PackIdentity;
  /** Inference runtime, for example `onnxruntime-node 1.30.0`. */
  readonly engine?: string;
  /** Absent until the vision process is ready. */
  readonly networks?: MeasureNetworks;
  /** Why the vision process cannot run (a pack or OpenCV is missing, it crashed); absent while it runs. */
  readonly fault?: { readonly code: FaultCode; readonly message: string };
  /** Resident memory of the vision process in bytes. */
  readonly rssBytes?: number;
}

/** One still picture analysed with every face embedded. */
export interface StillAnalysis {
  readonly width: number;
  readonly height: number;
  /** Largest first, each with an embedding. */
  readonly faces: readonly FaceObservation[];
  readonly scene: SceneObservation;
  readonly pack: PackIdentity;
}

/** The vision process as the daemon sees it. Contract: results and previews are newest-wins, never queued. */
export interface Vision {
  start(): Promise<void>;
  status(): VisionStatus;
  onResult(listener: (result: VisionResult) => void): void;
  onStatus(listener: (status: VisionStatus) => void): void;
  /** Preview JPEGs; frames are encoded only while somebody listens. The returned function ends it. */
  preview(listener: (jpeg: Uint8Array) => void): () => void;
  /** Boxes to draw over the preview until the next call. */
  overlay(boxes: readonly OverlayBox[]): void;
  /**
   * Texts of QR codes and barcodes (QR, Data Matrix, Code 128, EAN) held up to the camera, 1 to 128 printable ASCII
   * characters, each once as long as it is in sight. Looked for only while somebody listens. The returned function ends it.
   */
  scanCodes(listener: (text: string) => void): () => void;
  /** Has more measured from the next frame on; a former measuring hears nothing more. Survives a restart of the process as a new session. */
  measure(wish: MeasureWish): Measuring;
  /** Analyses one JPEG or PNG. Throws `image_refused`, `vision_unavailable`, `vision_timeout`. */
  still(bytes: Uint8Array): Promise<StillAnalysis>;
  /** Hands in one JPEG of the browser's camera (camera-browser only). Returns false where it is not the source. */
  browserFrame(jpeg: Uint8Array): boolean;
  stop(): Promise<void>;
}
