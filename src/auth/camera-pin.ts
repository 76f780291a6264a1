import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';
import type { CameraDevice, CameraIdentity } from '../ports/camera.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';
import type { Vision } from '../ports/vision.js';
import { type CameraStanding, judgeCamera, pinnableDevice, sameDevice } from './camera-standing.js';

const deviceSchema = z.strictObject({
  busPath: z.string().min(1),
  model: z.string().min(1),
  driver: z.string().min(1),
  virtual: z.boolean(),
});

export interface CameraPinData {
  /** The camera that counts for liveness; null before the first one was seen. */
  readonly pinned: CameraDevice | null;
  /** RFC 3339 UTC of the moment at which it was recorded; null like `pinned`. */
  readonly at: string | null;
}

export const CAMERA_PIN_SPEC: CollectionSpec<CameraPinData> = {
  file: 'camera-pin.json',
  version: 1,
  schema: z.strictObject({ pinned: deviceSchema.nullable(), at: z.iso.datetime().nullable() }),
  initial: () => ({ pinned: null, at: null }),
};

/** What is pinned and what is there. */
export interface CameraPinView {
  readonly standing: CameraStanding;
  readonly pinned?: CameraDevice;
  /** RFC 3339 UTC. */
  readonly pinnedAt?: string;
  /** The camera that runs now. */
  readonly camera?: CameraIdentity;
}

export interface CameraPinParts {
  readonly store: Pick<Store, 'collection'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly vision: Pick<Vision, 'status' | 'onStatus'>;
  /** `liveness.camera`. */
  readonly mode: 'pinned' | 'demo';
  /** The policy asks for liveness or pose: only then the first camera is recorded and another one is an alarm (never with `demo`). */
  readonly wanted: boolean;
  /** Another camera than the pinned one runs; once for every such camera. */
  readonly onTamper: () => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * Which camera counts for liveness (docs/liveness.md "Camera"): the first lens that runs is recorded in
 * `camera-pin.json`, another one is refused until an administrator pins anew. Fails closed: what cannot be told apart
 * or recorded does not count.
 */
export class CameraPin {
  readonly #parts: CameraPinParts;
  #collection: Collection<CameraPinData> | undefined;
  #running: Promise<unknown> = Promise.resolve();
  /** The first camera is being recorded. */
  #recording = false;
  /** The strange camera that was told. */
  #told: string | undefined;
  #stopped = false;

  constructor(parts: CameraPinParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#collection = await this.#parts.store.collection(CAMERA_PIN_SPEC);
    this.#parts.vision.onStatus(() => this.#look());
    this.#look();
  }

  /** Waits for a recording under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Whether the camera that runs now counts. */
  standing(): CameraStanding {
    return judgeCamera(this.#camera(), this.#pinned(), this.#parts.mode);
  }

  view(): CameraPinView {
    const { pinned, at } = this.#collection?.read() ?? { pinned: null, at: null };
    const camera = this.#camera();
    return {
      standing: this.standing(),
      ...(pinned !== null && { pinned }),
      ...(at !== null && { pinnedAt: at }),
      ...(camera !== undefined && { camera }),
    };
  }

  /**
   * Records the camera that runs now as the one that counts; durable when it resolves.
   * @throws VestibuleError `camera_missing` (none runs), `input_invalid` (no lens of this machine), `storage_*`
   */
  async pin(): Promise<CameraPinView> {
    const camera = this.#camera();
    if (camera === undefined) throw new VestibuleError('camera_missing', 'No camera runs, so none can be pinned.');
    await this.#record(pinnable(camera));
    this.#told = undefined;
    return this.view();
  }

  #camera(): CameraIdentity | undefined {
    const { camera, cameraIdentity } = this.#parts.vision.status();
    return camera === 'running' ? cameraIdentity : undefined;
  }

  #pinned(): CameraDevice | undefined {
    return this.#collection?.read().pinned ?? undefined;
  }

  #look(): void {
    const { wanted, onTamper, onFault } = this.#parts;
    if (this.#stopped || !wanted) return;
    const device = pinnableDevice(this.#camera());
    const pinned = this.#pinned();
    if (pinned === undefined) {
      if (device === undefined || this.#recording) return;
      this.#recording = true;
      // Never in the place of one that an administrator pins at this moment.
      this.#running = this.#record(device, (before) => before.pinned === null)
        .finally(() => {
          this.#recording = false;
        })
        .then(() => this.#look())
        .catch(onFault);
      return;
    }
    if (this.#camera() === undefined || this.#parts.mode === 'demo') return;
    if (device !== undefined && sameDevice(device, pinned)) {
      this.#told = undefined;
      return;
    }
    // A camera that goes and comes back is told once, whatever stands behind it.
    const name = JSON.stringify(this.#camera());
    if (name === this.#told) return;
    this.#told = name;
    onTamper();
  }

  async #record(device: CameraDevice, mayReplace: (before: CameraPinData) => boolean = () => true): Promise<void> {
    if (this.#collection === undefined) throw new Error('start() comes first');
    const at = new Date(this.#parts.clock.now()).toISOString();
    await this.#collection.update((before) => (mayReplace(before) ? { pinned: device, at } : before));
  }
}

/** The device of a camera that an administrator wants to pin. @throws VestibuleError `input_invalid` */
export function pinnable(camera: CameraIdentity): CameraDevice {
  const device = pinnableDevice(camera);
  if (device !== undefined) return device;
  throw new VestibuleError(
    'input_invalid',
    `${camera.source} is no camera of this machine that can be told from another: only a USB camera or a sensor of the Raspberry Pi can be pinned.`,
  );
}
