import type { KioskStatus } from './http/contract.js';
import type { SystemDetail, SystemType } from './messaging/payload-schemas.js';
import type { Clock } from './ports/clock.js';
import type { Vision, VisionStatus } from './ports/vision.js';

/** Raises a system event whenever the camera is lost or back, or the vision process was restarted. */
export function reportVision(
  vision: Vision,
  systemEvent: (type: SystemType, detail: SystemDetail) => void,
  changed: () => void,
): void {
  let before: VisionStatus = vision.status();
  let lost = false;
  vision.onStatus((status) => {
    if (status.restarts > before.restarts) systemEvent('vision_restarted', { restarts: status.restarts });
    if (status.camera === 'lost' && !lost) {
      lost = true;
      systemEvent('camera_lost', {});
    }
    if (status.camera === 'running' && lost) {
      lost = false;
      systemEvent('camera_back', {});
    }
    if (status.camera !== before.camera || status.process !== before.process) changed();
    before = status;
  });
}

const LOOK_EVERY_MS = 500;
/** Values that move all the time (frame age, uptime) are told again after this long at the latest. */
const REPEAT_MS = 15_000;

/** Tells the page the state of the kiosk when something in it changed. */
export class StatusReporter {
  readonly #clock: Clock;
  readonly #status: () => KioskStatus;
  readonly #listeners = new Set<(status: KioskStatus) => void>();
  #cancel: () => void = () => {};
  #told = '';
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(parts: { clock: Clock; status: () => KioskStatus }) {
    this.#clock = parts.clock;
    this.#status = parts.status;
  }

  start(): void {
    this.#look();
  }

  stop(): void {
    this.#cancel();
  }

  /** The returned function ends it. */
  onStatus(listener: (status: KioskStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    this.#cancel = this.#clock.after(LOOK_EVERY_MS, () => this.#look());
    if (this.#listeners.size === 0) return;
    const status = this.#status();
    const { uptimeSeconds: _, storage, camera, bus, ...rest } = status;
    const still = JSON.stringify([
      rest,
      { ok: storage.ok, alarms: storage.alarms },
      { kind: camera.kind, state: camera.state, detail: camera.detail },
      { ...bus, oldestSeconds: 0 },
    ]);
    const now = this.#clock.mono();
    if (still === this.#told && now - this.#toldAt < REPEAT_MS) return;
    this.#told = still;
    this.#toldAt = now;
    for (const listener of this.#listeners) listener(status);
  }
}
