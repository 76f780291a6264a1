import type { FaceObservation, VisionResult } from '../../src/domain/observation.js';
import { cleanCodeText } from '../../src/domain/shown-code.js';
import type { OverlayBox } from '../../src/ports/imaging.js';
import type {
  MeasureWish,
  Measuring,
  PackIdentity,
  StillAnalysis,
  Vision,
  VisionStatus,
} from '../../src/ports/vision.js';
import { aFace } from './faces.js';

/** Pack of the fake: the vectors are made by test/fakes/faces.ts. */
export const FAKE_PACK: PackIdentity = { id: 'open', hash: `sha256:${'ab'.repeat(32)}`, dim: 32 };

/** The vision process without a camera: tests hand in results, and say what a still picture shows. */
export class FakeVision implements Vision {
  readonly #resultListeners: ((result: VisionResult) => void)[] = [];
  readonly #statusListeners: ((status: VisionStatus) => void)[] = [];
  readonly #codeListeners = new Set<(text: string) => void>();
  #shownCode: string | undefined;
  readonly #previewListeners = new Set<(jpeg: Uint8Array) => void>();
  #status: VisionStatus;
  #seq = 0;
  #session = 0;
  /** What is measured beyond faces at the moment. */
  measured: { readonly session: number; readonly wish: MeasureWish } | undefined;
  /** What `still` answers, by the bytes read as UTF-8; an Error is thrown. */
  readonly stills = new Map<string, readonly FaceObservation[] | Error>();
  /** The newest overlay. */
  boxes: readonly OverlayBox[] = [];
  /** Frames handed in by a browser. */
  readonly browserFrames: Uint8Array[] = [];

  constructor(pack: PackIdentity = FAKE_PACK) {
    this.#status = { process: 'stopped', restarts: 0, camera: 'none', fps: 0, pack };
  }

  async start(): Promise<void> {
    this.setStatus({ process: 'running', camera: 'running', fps: 15 });
  }

  async stop(): Promise<void> {
    this.setStatus({ process: 'stopped', camera: 'none', fps: 0 });
  }

  status(): VisionStatus {
    return this.#status;
  }

  onResult(listener: (result: VisionResult) => void): void {
    this.#resultListeners.push(listener);
  }

  onStatus(listener: (status: VisionStatus) => void): void {
    this.#statusListeners.push(listener);
  }

  preview(listener: (jpeg: Uint8Array) => void): () => void {
    this.#previewListeners.add(listener);
    return () => this.#previewListeners.delete(listener);
  }

  measure(wish: MeasureWish): Measuring {
    const session = ++this.#session;
    this.measured = { session, wish };
    return {
      session,
      change: (next) => {
        if (this.measured?.session === session) this.measured = { session, wish: next };
      },
      stop: () => {
        if (this.measured?.session === session) this.measured = undefined;
      },
    };
  }

  overlay(boxes: readonly OverlayBox[]): void {
    this.boxes = boxes;
  }

  scanCodes(listener: (text: string) => void): () => void {
    const own = (text: string): void => listener(text);
    this.#codeListeners.add(own);
    if (this.#codeListeners.size === 1) this.#tellCode();
    return () => this.#codeListeners.delete(own);
  }

  async still(bytes: Uint8Array): Promise<StillAnalysis> {
    const answer = this.stills.get(Buffer.from(bytes).toString('utf8')) ?? [];
    if (answer instanceof Error) throw answer;
    const pack = this.#status.pack ?? FAKE_PACK;
    return { width: 640, height: 480, faces: answer, scene: { brightness: 120, contrast: 50 }, pack };
  }

  browserFrame(jpeg: Uint8Array): boolean {
    if (this.#status.cameraIdentity?.kind !== 'browser') return false;
    this.browserFrames.push(jpeg);
    return true;
  }

  /** Changes the status and tells the listeners. */
  setStatus(change: Partial<VisionStatus>): void {
    this.#status = { ...this.#status, ...change };
    for (const listener of this.#statusListeners) listener(this.#status);
  }

  /** One preview picture to whoever listens. */
  emitPreview(jpeg: Uint8Array): void {
    for (const listener of this.#previewListeners) listener(jpeg);
  }

  /** Somebody holds up a code; it is told once, when somebody listens. */
  showCode(text: string): void {
    if (text === this.#shownCode) return;
    this.#shownCode = text;
    this.#tellCode();
  }

  /** The code is taken away for longer than two seconds. */
  hideCode(): void {
    this.#shownCode = undefined;
  }

  /** Whether codes are looked for. */
  get scanning(): boolean {
    return this.#codeListeners.size > 0;
  }

  #tellCode(): void {
    const text = cleanCodeText(this.#shownCode);
    if (text === undefined || this.#status.process !== 'running') return;
    for (const listener of this.#codeListeners) listener(text);
  }

  /** One analysed frame with these faces (largest first). @param more what was measured beyond them */
  emit(capturedAt: number, faces: readonly FaceObservation[] = [aFace()], more: Partial<VisionResult> = {}): void {
    this.#seq += 1;
    for (const listener of this.#resultListeners) listener({ ...aResult(this.#seq, capturedAt, faces), ...more });
  }
}

/** A VisionResult of a 640×480 frame. */
export function aResult(seq: number, capturedAt: number, faces: readonly FaceObservation[]): VisionResult {
  const timings = { queueMs: 0, detectMs: 2, embedMs: 8, totalMs: 10 };
  const scene = { brightness: 120, contrast: 50 };
  return { seq, capturedAt, width: 640, height: 480, faces, scene, timings };
}
